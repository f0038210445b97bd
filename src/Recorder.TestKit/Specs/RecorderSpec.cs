using Recorder.Contracts;
using Xunit.Abstractions;

namespace Recorder.Testing;

/// <summary>
/// The base class of a behavioural spec about recorders (xunit): each test gets a <see cref="RecorderWorld"/> of its own.
/// </summary>
public abstract class RecorderSpec : IDisposable
{
    /// <summary>Makes the world of one test.</summary>
    /// <param name="output">Where the seed is printed; null: only failed expectations print it.</param>
    /// <param name="seed">Fixes the order of deliveries; <see cref="RecorderWorld.SeedVariable"/> overrides it.</param>
    protected RecorderSpec(ITestOutputHelper? output = null, int seed = 1)
    {
        World = new RecorderWorld(RecorderWorld.SeedFromEnvironment() ?? seed);
        output?.WriteLine($"seed {World.Seed} ({RecorderWorld.SeedVariable}={World.Seed} repeats this order)");
    }

    /// <summary>Everything there is.</summary>
    protected RecorderWorld World { get; }

    /// <summary>Time: it stands still unless the spec moves it.</summary>
    protected VirtualClock Clock => World.Clock;

    /// <summary>Where recordings go.</summary>
    protected FaultyDisk Disk => World.Disk;

    /// <inheritdoc cref="RecorderWorld.Source" />
    protected ScriptedSource Source(string name = "camera", params ScriptedTrack[] tracks) => World.Source(name, tracks);

    /// <inheritdoc cref="RecorderWorld.CreateRecorder" />
    protected TestRecorder CreateRecorder(
        ScriptedSource source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null) =>
        World.CreateRecorder(source, options, id, target);

    /// <summary>Ends the test.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the test.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing) => World.Dispose();
}
