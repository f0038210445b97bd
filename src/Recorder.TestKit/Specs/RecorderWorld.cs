using Akka.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Events;
using Recorder.Actors.Recording;
using Recorder.Actors.Takes;
using Recorder.Client;

namespace Recorder.Testing;

/// <summary>A node for one test: the real recorders, event mediator, containers and codecs, with scripted sources, a disk in
/// memory and a virtual clock. Everything runs on the thread of the test in an order that a seed determines, so a test does the
/// same each time.</summary>
/// <remarks>Specs usually derive from <see cref="RecorderSpec"/>, which creates a world for each test. Unlike there, messages
/// wait in their mailboxes until <see cref="Settle"/>, an expectation of a <see cref="TestRecorder"/>, or
/// <see cref="VirtualClock.Advance"/>.</remarks>
/// <example>
/// <code>
/// using var world = new RecorderWorld(seed: 7);
/// var recorder = world.CreateRecorder(world.Source());
/// recorder.Start();
/// world.Clock.Advance(TimeSpan.FromSeconds(2));
/// recorder.Stop();
/// recorder.ExpectStarted();
/// </code>
/// </example>
public sealed class RecorderWorld : IDisposable
{
    /// <summary>The environment variable that overrides the seed of every spec.</summary>
    public const string SeedVariable = "RECORDER_SEED";

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, ScriptedSource> _sources = new(StringComparer.Ordinal);
    private int _recordersCreated;

    /// <summary>Creates a world.</summary>
    /// <param name="seed">Determines the order of deliveries.</param>
    public RecorderWorld(int seed = 1)
        : this(seed, runsAtOnce: false)
    {
    }

    internal RecorderWorld(int seed, bool runsAtOnce)
    {
        Order = new DeliveryOrder(seed) { RunsAtOnce = runsAtOnce };
        Clock = new VirtualClock(Order);
        Sys = ActorSystem.Create("world", Order.Configuration);
        Clock.Drive((TestScheduler)Sys.Scheduler);
        Disk = new FaultyDisk(Sys, Clock);
        var sources = _sources;
        var router = Sys.ActorOf(Props.Create(() => new ScriptedSourcesActor(sources)), "sources");
        Events = Sys.ActorOf(EventsActor.PropsFor(), "events");
        Recorders = Sys.ActorOf(
            RecordersActor.PropsFor(new RecorderEnvironment(router, Events, Disk.Volumes, Clock, NullLogger.Instance, "world")), "recorders");
        Settle();
    }

    /// <summary>The seed that determines the order of deliveries.</summary>
    public int Seed => Order.Seed;

    /// <summary>The virtual clock.</summary>
    public VirtualClock Clock { get; }

    /// <summary>The disk that recordings are written to.</summary>
    public FaultyDisk Disk { get; }

    /// <summary>The actor system.</summary>
    public ActorSystem Sys { get; }

    /// <summary>The parent of all recorders. It accepts <see cref="RecordersProtocol"/> and their commands.</summary>
    public IActorRef Recorders { get; }

    /// <summary>The event mediator. It accepts <see cref="EventsProtocol"/> and sends every event to its subscribers.</summary>
    public IActorRef Events { get; }

    /// <summary>
    /// What a program with <c>WithRecorderClient</c> gets injected, over the recorders of this world and without a network: give
    /// it to the actor under test. Its events begin with the first use of this property.
    /// </summary>
    public IRequiredActor<Recorders> Client => field ??= CreateClient();

    /// <summary>The parent of all takes. It accepts <see cref="TakeProtocol"/>.</summary>
    public IActorRef Takes => field ??= CreateTakes();

    /// <summary>
    /// Forgets the events until now, as nodes do after a while: a subscriber of <see cref="Client"/> that does not have them gets
    /// <see cref="EventsLost"/>.
    /// </summary>
    public void ForgetEvents()
    {
        Client.ActorRef.Tell(new WorldRecordersActor.Forget(), ActorRefs.NoSender);
        Settle();
    }

    internal DeliveryOrder Order { get; }

    /// <summary>Creates a source, a live camera that delivers media as the clock advances.</summary>
    /// <param name="name">The name of the source, unique within the world.</param>
    /// <param name="tracks">The tracks. Default: H.264 at 25 frames per second with a key frame every second, and AAC.</param>
    public ScriptedSource Source(string name = "camera", params ScriptedTrack[] tracks)
    {
        var source = new ScriptedSource(
            this, name, $"rtsp://{name}.test/", tracks is { Length: > 0 } ? tracks : [ScriptedTrack.Video(), ScriptedTrack.Audio()]);
        source.Follow(Clock);
        _sources.Add(source.Uri.Key, source);
        Settle();
        return source;
    }

    /// <summary>Creates a recorder.</summary>
    /// <param name="source">The source to record.</param>
    /// <param name="options">How to record; null for the default options.</param>
    /// <param name="id">The recorder's id; null generates one.</param>
    /// <param name="target">Where the files are written; null for the folder <c>/recordings</c> of <see cref="Disk"/>.</param>
    /// <param name="history">The recorder's history before its node restarted; null for a new recorder.</param>
    /// <exception cref="SpecFailedException">The recorder was refused; the message says why.</exception>
    public TestRecorder CreateRecorder(
        ScriptedSource source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null,
        RecorderHistory? history = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var recorder = new TestRecorder(this, new RecorderId(id ?? $"recorder-{++_recordersCreated}"));
        recorder.Create(source.Uri.Key, options ?? new RecorderOptions(), target ?? new RecordingTarget("/recordings"), history);
        return recorder;
    }

    /// <summary>Arms a take over recorders of this world.</summary>
    /// <param name="recorders">The recorders, in the order of the angles A, B, ….</param>
    /// <exception cref="SpecFailedException">The take was refused; the message says why.</exception>
    public TestTake ArmTake(params IReadOnlyList<TestRecorder> recorders)
    {
        ArgumentNullException.ThrowIfNull(recorders);
        return ArmTake(new TakeProtocol.Arm { Angles = [.. recorders.Select(recorder => new TakeProtocol.AngleRequest(recorder.Id))] });
    }

    /// <summary>Arms a take.</summary>
    /// <param name="request">Recorders, slate and rate.</param>
    /// <exception cref="SpecFailedException">The take was refused; the message says why.</exception>
    public TestTake ArmTake(TakeProtocol.Arm request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new TestTake(this, request);
    }

    /// <summary>Expects that the creation of a recorder is refused.</summary>
    /// <param name="name">The expected name of the error.</param>
    /// <param name="source">The source's URI.</param>
    /// <param name="options">How to record; null for the default options.</param>
    /// <param name="id">The recorder's id; null generates one.</param>
    /// <param name="target">Where the files are written; null for the folder <c>/recordings</c> of <see cref="Disk"/>.</param>
    /// <returns>The error.</returns>
    /// <exception cref="SpecFailedException">The recorder was created, or refused with another error.</exception>
    public MediaError ExpectNoRecorder(
        ErrorName name, string source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null) =>
        new TestRecorder(this, new RecorderId(id ?? $"recorder-{++_recordersCreated}")).ExpectNotCreated(
            name, source, options ?? new RecorderOptions(), target ?? new RecordingTarget("/recordings"));

    /// <summary>Lets actors process messages until every actor is idle. No time passes.</summary>
    public void Settle() => Order.RunUntilIdle();

    /// <summary>Lets actors process some messages, so that the spec can act while others are in flight.</summary>
    /// <param name="turns">How many messages to process.</param>
    public void Turn(int turns = 1)
    {
        while (turns-- > 0 && Order.RunNext())
        {
        }
    }

    /// <summary>Sends several messages before the first is processed; the seed decides their order. In a
    /// <see cref="RecorderSpec"/> a message is otherwise processed as soon as it is sent.</summary>
    /// <param name="send">Sends the messages.</param>
    public void Together(Action send)
    {
        ArgumentNullException.ThrowIfNull(send);
        using (Order.Gather())
        {
            send();
        }

        Settle();
    }

    /// <summary>Subscribes an actor; <see cref="EventsProtocol.Subscribed"/> comes before the first event.</summary>
    /// <param name="subscriber">The actor to subscribe.</param>
    /// <param name="recorder">The recorder whose events to receive; null for all recorders.</param>
    /// <exception cref="SpecFailedException">The recorder does not exist.</exception>
    public void Subscribe(IActorRef subscriber, RecorderId? recorder = null)
    {
        if (recorder is { } id && !HasRecorder(id))
            throw new SpecFailedException($"There is no recorder '{id}' to subscribe to; create it first.");

        SubscribeUnchecked(subscriber, recorder);
    }

    /// <summary>Ends every subscription of an actor.</summary>
    public void Unsubscribe(IActorRef subscriber)
    {
        Events.Tell(new EventsProtocol.Unsubscribe(), subscriber);
        Settle();
    }

    /// <summary>Runs a spec with many seeds to find failures that depend on the order of deliveries.</summary>
    /// <param name="seeds">The number of seeds; the environment variable <see cref="SeedVariable"/> selects a single seed
    /// instead.</param>
    /// <param name="spec">The spec; it runs in a new world for each seed.</param>
    /// <exception cref="SpecFailedException">The spec failed. The message begins with the seed that reproduces the
    /// failure.</exception>
    public static void Explore(int seeds, Action<RecorderWorld> spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        foreach (var seed in SeedFromEnvironment() is { } only ? [only] : Enumerable.Range(1, seeds))
        {
            using var world = new RecorderWorld(seed);
            try
            {
                spec(world);
            }
            catch (Exception failure)
            {
                throw new SpecFailedException(
                    $"Seed {seed} finds this failure; {SeedVariable}={seed} finds it again.{Environment.NewLine}{failure.Message}", failure);
            }
        }
    }

    /// <summary>Repairs the disk and ends the actor system.</summary>
    public void Dispose()
    {
        Disk.Repair();
        var ended = Sys.Terminate();
        var started = TimeProvider.System.GetTimestamp();
        while (!ended.IsCompleted && TimeProvider.System.GetElapsedTime(started) < EndTimeout)
        {
            if (!Order.RunNext())
                Thread.Yield();
        }

        Order.Forget();
    }

    /// <summary>Subscribes an actor without checking that the recorder exists: it may be created later.</summary>
    internal void SubscribeUnchecked(IActorRef subscriber, RecorderId? recorder)
    {
        Events.Tell(new EventsProtocol.Subscribe(recorder), subscriber);
        Settle();
    }

    private WorldRecordersActor.Required CreateClient()
    {
        var (recorders, events) = (Recorders, Events);
        var client = new WorldRecordersActor.Required(Sys.ActorOf(Props.Create(() => new WorldRecordersActor(recorders, events)), "recorder-client"));
        Settle();
        return client;
    }

    private IActorRef CreateTakes()
    {
        var files = new TakeFiles("/takes", Disk.Volumes.For("/takes").Disk, NullLogger.Instance);
        var takes = Sys.ActorOf(
            TakesActor.PropsFor(new TakesEnvironment(Recorders, files, "/recordings", Clock, NullLogger.Instance) { Blocking = RunNowAsync }, []), "takes");
        Settle();
        return takes;
    }

    private static Task RunNowAsync(Action action)
    {
        try
        {
            action();
            return Task.CompletedTask;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Task.FromException(failure);
        }
    }

    private bool HasRecorder(RecorderId id)
    {
        var replies = new List<object>();
        var asker = Sys.ActorOf(Props.Create(() => new ReplyActor(replies)));
        Recorders.Tell(new RecorderProtocol.GetStatus(id), asker);
        Settle();
        Sys.Stop(asker);
        return replies is [RecorderProtocol.Status];
    }

    internal static int? SeedFromEnvironment() =>
        int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var seed) ? seed : null;

    private sealed class ReplyActor : ReceiveActor
    {
        public ReplyActor(List<object> replies) => ReceiveAny(replies.Add);
    }
}
