#pragma warning disable RS0026, RS0027 // The overloads and their optional parameters are those of Akka's TestKit.
using Recorder.Contracts;
using Xunit.Abstractions;

namespace Recorder.Testing;

/// <summary>
/// The base class of a behavioural spec about recorders: Akka's xunit <see cref="TestKit"/>, with a <see cref="RecorderWorld"/> of its own
/// for each test. Probes, <c>ExpectMsg</c>, <c>EventFilter</c> and all else work as they do anywhere, beside scripted sources, a faulty disk,
/// a clock that the spec moves and an order that a seed fixes.
/// </summary>
/// <remarks>
/// Time stands still, and whatever the spec sends is worked on, with all that follows from it, before the call returns. So
/// <c>ExpectNoMsg</c> waits for nothing: it looks whether anything is there. <c>Within</c> measures <see cref="Clock"/>, which only the spec
/// moves.
/// </remarks>
public abstract class RecorderSpec : TestKit
{
    private readonly VirtualTime _time;

    /// <summary>Makes the world of one test.</summary>
    /// <param name="output">Where the seed and the actor system's log are printed; null: only failed expectations print the seed.</param>
    /// <param name="seed">Fixes the order of deliveries; <see cref="RecorderWorld.SeedVariable"/> overrides it.</param>
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

    /// <summary>Everything there is.</summary>
    protected RecorderWorld World { get; }

    /// <summary>Time: it stands still unless the spec moves it. Akka's <see cref="TestScheduler"/> is the same clock.</summary>
    protected VirtualClock Clock => World.Clock;

    /// <summary>Where recordings go.</summary>
    protected FaultyDisk Disk => World.Disk;

    /// <inheritdoc cref="RecorderWorld.Source" />
    protected ScriptedSource Source(string name = "camera", params ScriptedTrack[] tracks) => World.Source(name, tracks);

    /// <inheritdoc cref="RecorderWorld.CreateRecorder" />
    protected TestRecorder CreateRecorder(
        ScriptedSource source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null) =>
        World.CreateRecorder(source, options, id, target);

    /// <inheritdoc cref="RecorderWorld.Subscribe" />
    protected void Subscribe(IActorRef subscriber, RecorderId? recorder = null) => World.Subscribe(subscriber, recorder);

    /// <inheritdoc cref="RecorderWorld.Together" />
    protected void Together(Action send) => World.Together(send);

    /// <summary>A probe in virtual time.</summary>
    /// <param name="name">Its actor's name; null: one is made up.</param>
    public override RecorderProbe CreateTestProbe(string? name = null) => new(World, Assertions, name);

    /// <summary>A probe in virtual time.</summary>
    /// <param name="system">The actor system of this spec.</param>
    /// <param name="name">Its actor's name; null: one is made up.</param>
    /// <exception cref="ArgumentException">It is another system: that one's time is not the spec's.</exception>
    public override RecorderProbe CreateTestProbe(ActorSystem system, string? name = null) => system == Sys
        ? CreateTestProbe(name)
        : throw new ArgumentException($"The actor system '{system?.Name}' is not that of this spec; use Akka's TestProbe for it.", nameof(system));

    /// <summary>Nothing has come that was not expected. Nothing is waited for.</summary>
    /// <param name="cancellationToken">Not needed.</param>
    public new void ExpectNoMsg(CancellationToken cancellationToken = default) => _time.ExpectNoMsg(base.ExpectNoMsg);

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)" />
    /// <param name="duration">Not waited for: time passes when <see cref="Clock"/> is moved.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => ExpectNoMsg(cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)" />
    /// <param name="milliseconds">Not waited for.</param>
    /// <param name="cancellationToken">Not needed.</param>
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

    /// <summary>What the block does takes no longer, by <see cref="Clock"/>.</summary>
    /// <param name="max">The longest it may take.</param>
    /// <param name="action">The block.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    /// <exception cref="SpecFailedException">It took longer.</exception>
    public new void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    /// <param name="min">The shortest it may take.</param>
    /// <param name="max">The longest it may take.</param>
    /// <param name="action">The block.</param>
    /// <param name="hint">What it is about, for the failure.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) => _time.Within(min, max, action, hint, epsilonValue);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)" />
    /// <param name="max">The longest it may take.</param>
    /// <param name="function">The block.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    /// <returns>What the block returns.</returns>
    public new T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within{T}(TimeSpan, Func{T}, TimeSpan?, CancellationToken)" />
    /// <param name="min">The shortest it may take.</param>
    /// <param name="max">The longest it may take.</param>
    /// <param name="function">The block.</param>
    /// <param name="hint">What it is about, for the failure.</param>
    /// <param name="epsilonValue">How much longer is good still; none unless given.</param>
    /// <param name="cancellationToken">Not needed.</param>
    public new T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        T result = default!;
        _time.Within(min, max, () => result = function(), hint, epsilonValue);
        return result;
    }

    /// <summary>Ends the test and its world; called by xunit.</summary>
    /// <param name="duration">Not needed.</param>
    /// <param name="verifySystemShutdown">Not needed.</param>
    public override void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) => World.Dispose();
}
