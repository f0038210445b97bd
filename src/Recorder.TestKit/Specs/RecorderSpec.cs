#pragma warning disable RS0026, RS0027 // The overloads have the optional parameters of Akka's TestKit.
using Akka.Hosting;
using Recorder.Client;
using Xunit.Abstractions;

namespace Recorder.Testing;

/// <summary>Base class for specs about recorders. It is Akka's <see cref="TestKit"/> for xunit with a <see cref="RecorderWorld"/>
/// of its own for each test: real recorders with scripted sources, a faulty disk, a virtual clock, and an order of deliveries
/// that a seed determines.</summary>
/// <remarks>
/// <para>Everything of the TestKit works as usual: probes, <c>ExpectMsg</c>, <c>FishForMessage</c>, <c>EventFilter</c>,
/// <c>Watch</c>.</para>
/// <para>Time stands still until the spec advances <see cref="Clock"/>. A message that the spec sends is processed, with
/// everything that follows from it, before the call returns. <c>ExpectNoMsg</c> therefore does not wait, and <c>Within</c>
/// measures <see cref="Clock"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// public class DroppedCameraSpecs : RecorderSpec
/// {
///     [Fact]
///     public void A_camera_that_drops_for_three_seconds_leaves_a_gap()
///     {
///         var camera = Source("camera");
///         var recorder = CreateRecorder(camera);
///         recorder.Start();
///         Clock.Advance(TimeSpan.FromSeconds(2));
///         camera.Lose();
///         Clock.Advance(TimeSpan.FromSeconds(3));
///         camera.Restore();
///         Clock.Advance(TimeSpan.FromSeconds(2));
///
///         recorder.ExpectStarted();
///         recorder.ExpectGap(GapCause.SourceLost, TimeSpan.FromSeconds(3));
///     }
/// }
/// </code>
/// </example>
public abstract class RecorderSpec : TestKit
{
    private readonly VirtualTime _time;

    /// <summary>Creates the world of one test.</summary>
    /// <param name="output">Where the seed and the actor system's log are printed; null prints the seed only in failures.</param>
    /// <param name="seed">Determines the order of deliveries; the environment variable <see cref="RecorderWorld.SeedVariable"/>
    /// overrides it.</param>
    protected RecorderSpec(ITestOutputHelper? output = null, int seed = 1)
        : this(new RecorderWorld(RecorderWorld.SeedFromEnvironment() ?? seed, runsAtOnce: true), output)
    {
    }

    private RecorderSpec(RecorderWorld world, ITestOutputHelper? output)
        : base(world.Sys, output)
    {
        World = world;
        world.Order.Context = SynchronizationContext.Current;
        _time = new VirtualTime(world);
        output?.WriteLine($"seed {world.Seed} ({RecorderWorld.SeedVariable}={world.Seed} repeats this order)");
    }

    /// <summary>The recorders, sources, disk and clock of this test.</summary>
    protected RecorderWorld World { get; }

    /// <summary>The virtual clock. Akka's <see cref="TestScheduler"/> is the same clock.</summary>
    protected VirtualClock Clock => World.Clock;

    /// <summary>The disk that recordings are written to.</summary>
    protected FaultyDisk Disk => World.Disk;

    /// <inheritdoc cref="RecorderWorld.Client" />
    protected IRequiredActor<Recorders> Client => World.Client;

    /// <inheritdoc cref="RecorderWorld.Source" />
    protected ScriptedSource Source(string name = "camera", params ScriptedTrack[] tracks) => World.Source(name, tracks);

    /// <inheritdoc cref="RecorderWorld.CreateRecorder" />
    protected TestRecorder CreateRecorder(
        ScriptedSource source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null) =>
        World.CreateRecorder(source, options, id, target);

    /// <inheritdoc cref="RecorderWorld.ArmTake(IReadOnlyList{TestRecorder})" />
    protected TestTake ArmTake(params IReadOnlyList<TestRecorder> recorders) => World.ArmTake(recorders);

    /// <inheritdoc cref="RecorderWorld.ArmTake(TakeProtocol.Arm)" />
    protected TestTake ArmTake(TakeProtocol.Arm request) => World.ArmTake(request);

    /// <inheritdoc cref="RecorderWorld.Subscribe" />
    protected void Subscribe(IActorRef subscriber, RecorderId? recorder = null) => World.Subscribe(subscriber, recorder);

    /// <inheritdoc cref="RecorderWorld.Together" />
    protected void Together(Action send) => World.Together(send);

    /// <summary>Creates a probe in virtual time.</summary>
    /// <param name="name">The name of the probe's actor; null generates one.</param>
    public override RecorderProbe CreateTestProbe(string? name = null) => new(World, Assertions, name);

    /// <summary>Creates a probe in virtual time.</summary>
    /// <param name="system">The actor system of this spec.</param>
    /// <param name="name">The name of the probe's actor; null generates one.</param>
    /// <exception cref="ArgumentException">The actor system is another one, which does not run in this spec's virtual
    /// time.</exception>
    public override RecorderProbe CreateTestProbe(ActorSystem system, string? name = null) => system == Sys
        ? CreateTestProbe(name)
        : throw new ArgumentException(
            $"The actor system '{system?.Name}' is not the one of this spec; use Akka's TestProbe for it.", nameof(system));

    /// <inheritdoc cref="RecorderProbe.ExpectNoMsg(CancellationToken)" />
    public new void ExpectNoMsg(CancellationToken cancellationToken = default) => _time.ExpectNoMsg(base.ExpectNoMsg);

    /// <inheritdoc cref="RecorderProbe.ExpectNoMsg(TimeSpan, CancellationToken)" />
    public new void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => ExpectNoMsg(cancellationToken);

    /// <inheritdoc cref="RecorderProbe.ExpectNoMsg(int, CancellationToken)" />
    public new void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) => ExpectNoMsg(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)" />
    public new ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default)
    {
        ExpectNoMsg(cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)" />
    public new ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(int, CancellationToken)" />
    public new ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(cancellationToken);

    /// <inheritdoc cref="RecorderProbe.Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    public new void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="RecorderProbe.Within(TimeSpan, TimeSpan, Action, string?, TimeSpan?, CancellationToken)" />
    public new void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) => _time.Within(min, max, action, hint, epsilonValue);

    /// <inheritdoc cref="RecorderProbe.Within{T}(TimeSpan, Func{T}, TimeSpan?, CancellationToken)" />
    public new T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="RecorderProbe.Within{T}(TimeSpan, TimeSpan, Func{T}, string?, TimeSpan?, CancellationToken)" />
    public new T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        T result = default!;
        _time.Within(min, max, () => result = function(), hint, epsilonValue);
        return result;
    }

    /// <summary>Ends the actor system of the test; called by xunit.</summary>
    /// <param name="duration">Not used.</param>
    /// <param name="verifySystemShutdown">Not used.</param>
    public override void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) => World.Dispose();
}
