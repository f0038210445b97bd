using System.Diagnostics;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;
using Recorder.ActorKernel.Setup;

namespace Recorder.ActorKernel.Testing;

/// <summary>A kit whose <c>Tell</c> without a sender has none: the test actor does not stand in.</summary>
public interface INoImplicitSender;

/// <summary>
/// A test's view of an actor system: a test actor that queues what it receives, and expectations on that queue. Expectations
/// wait in real time, whatever the system's scheduler is. Inherit from <see cref="TestKit"/>.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private const string TestActorDispatcher = "akka.test.test-actor.dispatcher";

    private static readonly XunitAssertions Check = new();
    private static int _testActorNumber;

    private readonly MessageQueue _queue = new();
    private readonly TestKitSettings _settings;
    private MessageEnvelope _last = NullMessageEnvelope.Instance;
    private TimeSpan? _end;
    private bool _lastWasNoMsg;

    /// <summary>Joins a system, or makes one.</summary>
    /// <param name="system">The system; null: one is made.</param>
    /// <param name="config">The configuration of the one made, before <see cref="DefaultConfig"/>.</param>
    /// <param name="actorSystemName">The name of the one made; null: <c>test</c>.</param>
    /// <param name="testActorName">The test actor's name; null: one is made up.</param>
    protected TestKitBase(ActorSystem? system, Config? config, string? actorSystemName, string? testActorName)
        : this(
            system ?? ActorSystem.Create(actorSystemName ?? "test", config?.WithFallback(DefaultConfig) ?? DefaultConfig),
            testActorName)
    {
    }

    /// <summary>Makes a system.</summary>
    /// <param name="setup">What it is set up with; its configuration stands before <see cref="DefaultConfig"/>.</param>
    /// <param name="actorSystemName">Its name; null: <c>test</c>.</param>
    /// <param name="testActorName">The test actor's name; null: one is made up.</param>
    protected TestKitBase(ActorSystemSetup setup, string? actorSystemName, string? testActorName)
        : this(ActorSystem.Create(actorSystemName ?? "test", WithDefaults(setup)), testActorName)
    {
    }

    private TestKitBase(ActorSystem system, string? testActorName)
    {
        Sys = system;
        RegisterDispatchers(system);
        _settings = new TestKitSettings(Sys.Settings.Config.WithFallback(DefaultConfig));
        EventFilter = new EventFilterFactory(this, Sys);
        TestActor = CreateTestActor(testActorName ?? $"testActor{Interlocked.Increment(ref _testActorNumber)}");
        if (this is not INoImplicitSender)
            ImplicitSender.Install(TestActor);
        else if (this is not TestProbe)
            ImplicitSender.Remove();
    }

    /// <summary>What a kit's system is configured with when the test says nothing else.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = INFO
          stdout-loglevel = OFF
          test {
            timefactor = 1.0
            filter-leeway = 3s
            single-expect-default = 3s
            expect-no-message-default = 3s
            startup-timeout = 5s
            default-timeout = 5s
            calling-thread-dispatcher {
              type = "Recorder.ActorKernel.Testing.CallingThreadDispatcherConfigurator, Recorder.TestKit"
            }
            test-actor.dispatcher {
              type = "Recorder.ActorKernel.Testing.CallingThreadDispatcherConfigurator, Recorder.TestKit"
            }
          }
        }
        """);

    /// <summary>A configuration that logs all that the runtime can tell.</summary>
    public static Config FullDebugConfig { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = DEBUG
          stdout-loglevel = DEBUG
          log-dead-letters = on
          log-dead-letters-during-shutdown = on
          actor.debug { receive = on, autoreceive = on, lifecycle = on, event-stream = on, unhandled = on }
        }
        """);

    /// <summary>Real time, as expectations measure it. Only differences mean anything.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>The system under test.</summary>
    public ActorSystem Sys { get; }

    /// <summary>The times that expectations go by.</summary>
    public TestKitSettings TestKitSettings => _settings;

    /// <summary>The actor whose messages are expected. It also understands what <see cref="Testing.TestActor"/> lists.</summary>
    public IActorRef TestActor { get; }

    /// <summary>The message that was received last.</summary>
    /// <exception cref="IllegalActorStateException">The last receive got none.</exception>
    public object LastMessage => _last.Message;

    /// <summary>Who sent <see cref="LastMessage"/>.</summary>
    /// <exception cref="IllegalActorStateException">The last receive got none.</exception>
    public IActorRef LastSender => _last.Sender;

    /// <summary>Whether there are messages that the test has not received yet.</summary>
    public bool HasMessages => _queue.Count > 0;

    /// <summary>Expects or mutes log events and dead letters of <see cref="Sys"/>.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>A logger that writes to the system's event stream in the test's name.</summary>
    public ILoggingAdapter Log => Logging.GetLogger(Sys, GetType());

    /// <summary>What is left of the innermost <c>Within</c>; outside of one, <c>akka.test.single-expect-default</c>, dilated.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(_settings.SingleExpectDefault));

    /// <summary>What is left of the innermost <c>Within</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public TimeSpan Remaining =>
        _end is { } end ? end - Now : throw new InvalidOperationException("Remaining has a meaning only inside of Within.");

    /// <summary>Expects or mutes log events of another system.</summary>
    /// <param name="system">The system.</param>
    /// <returns>Makes filters.</returns>
    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    /// <summary>Drops messages to the test actor before they are queued.</summary>
    /// <param name="shouldIgnoreMessage">Whether a message is dropped.</param>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) =>
        TestActor.Tell(new TestActor.SetIgnore(m => shouldIgnoreMessage(m)));

    /// <summary>Drops messages of a type before they are queued.</summary>
    /// <typeparam name="TMsg">The type.</typeparam>
    /// <param name="shouldIgnoreMessage">Whether a message of it is dropped.</param>
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        TestActor.Tell(new TestActor.SetIgnore(m => m is TMsg typed && shouldIgnoreMessage(typed)));

    /// <summary>Drops all messages of a type before they are queued.</summary>
    /// <typeparam name="TMsg">The type.</typeparam>
    public void IgnoreMessages<TMsg>() => IgnoreMessages<TMsg>(_ => true);

    /// <summary>Ends <c>IgnoreMessages</c>.</summary>
    public void IgnoreNoMessages() => TestActor.Tell(new TestActor.SetIgnore(null));

    /// <summary>Lets the test actor watch an actor: expect its end with <c>ExpectTerminated</c>.</summary>
    /// <param name="actorToWatch">Who is watched.</param>
    /// <returns>The same.</returns>
    public IActorRef Watch(IActorRef actorToWatch)
    {
        TestActor.Tell(new TestActor.Watch(actorToWatch));
        return actorToWatch;
    }

    /// <summary>Ends <see cref="Watch"/>.</summary>
    /// <param name="actorToUnwatch">Who is watched no more.</param>
    /// <returns>The same.</returns>
    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        TestActor.Tell(new TestActor.Unwatch(actorToUnwatch));
        return actorToUnwatch;
    }

    /// <summary>Lets a pilot react to each message in the test actor's name; the messages are queued as well.</summary>
    /// <param name="pilot">The pilot; <see cref="AutoPilot.NoAutoPilot"/> ends it.</param>
    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new TestActor.SetAutoPilot(pilot));

    /// <summary>A time, multiplied with <c>akka.test.timefactor</c>. Infinite and zero stay what they are.</summary>
    /// <param name="duration">The time.</param>
    /// <returns>The time to wait on this machine.</returns>
    public TimeSpan Dilated(TimeSpan duration) =>
        duration > TimeSpan.Zero && duration != TimeSpan.MaxValue ? duration * _settings.TestTimeFactor : duration;

    /// <summary>The time given, dilated; with none, <see cref="RemainingOrDefault"/>.</summary>
    /// <param name="duration">The time, finite.</param>
    /// <returns>The time to wait.</returns>
    /// <exception cref="ArgumentException">The time is infinite.</exception>
    public TimeSpan RemainingOrDilated(TimeSpan? duration)
    {
        if (duration is not { } given)
            return RemainingOrDefault;
        return given == Timeout.InfiniteTimeSpan
            ? throw new ArgumentException("An expectation cannot wait for ever.", nameof(duration))
            : Dilated(given);
    }

    /// <summary>The time given; with none, <c>akka.test.single-expect-default</c>.</summary>
    /// <param name="timeout">The time.</param>
    /// <returns>The time to wait.</returns>
    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? _settings.SingleExpectDefault;

    /// <summary>Makes one more test actor on this kit's queue.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The actor.</returns>
    public IActorRef CreateTestActor(string name)
    {
        var queue = _queue;
        return ((ExtendedActorSystem)Sys).SystemActorOf(
            Props.Create(() => new QueueingActor(queue)).WithDispatcher(TestActorDispatcher), name);
    }

    /// <summary>Makes a probe: an actor with a queue and expectations of its own.</summary>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The probe.</returns>
    public virtual TestProbe CreateTestProbe(string? name = null) => new(Sys, name);

    /// <summary>Makes a probe in another system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The probe.</returns>
    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, name);

    /// <summary>Makes a latch that opens after a number of calls.</summary>
    /// <param name="count">The number of calls of <see cref="TestLatch.CountDown"/>.</param>
    /// <returns>The latch; its times are dilated.</returns>
    public virtual TestLatch CreateTestLatch(int count = 1) => new(Dilated, count, _settings.DefaultTimeout);

    /// <summary>Makes a barrier that opens when a number have come to it.</summary>
    /// <param name="count">The number.</param>
    /// <returns>The barrier; its times are dilated.</returns>
    public TestBarrier CreateTestBarrier(int count) => new(this, count, _settings.DefaultTimeout);

    /// <summary>Ends the system under test.</summary>
    /// <param name="duration">How long to wait for it; null: 5 s, dilated, but 10 s at most.</param>
    /// <param name="verifySystemShutdown">Whether a system that does not end in that time is an error.</param>
    /// <exception cref="TimeoutException">It did not end, and that is an error.</exception>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    /// <summary>Ends a system.</summary>
    /// <param name="system">The system; null: the one under test.</param>
    /// <param name="duration">How long to wait for it; null: 5 s, dilated, but 10 s at most.</param>
    /// <param name="verifySystemShutdown">Whether a system that does not end in that time is an error.</param>
    /// <exception cref="TimeoutException">It did not end, and that is an error.</exception>
    protected virtual void Shutdown(ActorSystem? system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        system ??= Sys;
        var wait = duration ?? Min(Dilated(TimeSpan.FromSeconds(5)), TimeSpan.FromSeconds(10));
        var ended = new ManualResetEventSlim();
        _ = system.Terminate().ContinueWith(_ => ended.Set(), TaskScheduler.Default);
        if (ended.Wait(wait))
            return;
        var left = $"Failed to stop [{system.Name}] within [{wait}]\n{((ExtendedActorSystem)system).PrintTree()}";
        if (verifySystemShutdown)
            throw new TimeoutException(left);
        system.Log.Warning(left);
    }

    /// <summary>What is left of the innermost <c>Within</c>; outside of one, the time given.</summary>
    /// <param name="duration">The time.</param>
    /// <returns>The time to wait.</returns>
    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? end - Now : duration;

    /// <summary>Makes a system that no kit has made able to run test actors.</summary>
    internal static void RegisterDispatchers(ActorSystem system)
    {
        foreach (var id in (string[])[CallingThreadDispatcher.Id, TestActorDispatcher])
        {
            if (!system.Dispatchers.HasDispatcher(id))
            {
                system.Dispatchers.RegisterConfigurator(
                    id, new CallingThreadDispatcherConfigurator(Config.Empty, system.Dispatchers.Prerequisites));
            }
        }
    }

    private static ActorSystemSetup WithDefaults(ActorSystemSetup setup) => setup.WithSetup(
        (setup.Find<BootstrapSetup>() ?? BootstrapSetup.Create()).WithConfigFallback(DefaultConfig));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
