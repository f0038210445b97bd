using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Events;
using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Testing;

/// <summary>
/// A node in a bottle: the real recorders, the real mediator, real containers and codecs; scripted sources, a disk in memory and a
/// clock that the spec moves. Everything runs on the thread of the test, in an order that a seed fixes: a world does the same each time.
/// </summary>
public sealed class RecorderWorld : IDisposable
{
    /// <summary>Environment variable that replaces every spec's seed.</summary>
    public const string SeedVariable = "RECORDER_SEED";

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, ScriptedSource> _sources = new(StringComparer.Ordinal);
    private readonly IActorRef _events;

    /// <summary>Makes a world.</summary>
    /// <param name="seed">Fixes the order of all deliveries.</param>
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
        _events = Sys.ActorOf(EventsActor.PropsFor(), "events");
        Recorders = Sys.ActorOf(
            RecordersActor.PropsFor(new RecorderEnvironment(router, _events, Disk.Volumes, Clock, NullLogger.Instance, "world")), "recorders");
        Settle();
    }

    /// <summary>What fixes the order.</summary>
    public int Seed => Order.Seed;

    /// <summary>Time: it stands still unless the spec moves it.</summary>
    public VirtualClock Clock { get; }

    /// <summary>Where recordings go.</summary>
    public FaultyDisk Disk { get; }

    /// <summary>The actor system.</summary>
    public ActorSystem Sys { get; }

    /// <summary>Takes <see cref="RecordersProtocol"/> and every recorder's commands.</summary>
    public IActorRef Recorders { get; }

    /// <summary>Takes <see cref="EventsProtocol"/>; sends every event to its subscribers.</summary>
    public IActorRef Events => _events;

    internal DeliveryOrder Order { get; }

    /// <summary>Makes a source.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tracks">Its tracks; none given: H.264 at 25 frames a second, a key frame a second, and AAC.</param>
    public ScriptedSource Source(string name = "camera", params ScriptedTrack[] tracks)
    {
        var source = new ScriptedSource(
            this, name, $"rtsp://{name}.test/", tracks is { Length: > 0 } ? tracks : [ScriptedTrack.Video(), ScriptedTrack.Audio()]);
        source.Follow(Clock);
        _sources.Add(source.Uri.Key, source);
        Settle();
        return source;
    }

    /// <summary>Makes a recorder.</summary>
    /// <param name="source">What it records.</param>
    /// <param name="options">How.</param>
    /// <param name="id">Its id; null: one is made up.</param>
    /// <param name="target">Where its files go; null: the folder <c>/recordings</c> of <see cref="Disk"/>.</param>
    /// <param name="history">What it was before its node started; null: it is new.</param>
    /// <exception cref="SpecFailedException">It was refused; the message says why.</exception>
    public TestRecorder CreateRecorder(
        ScriptedSource source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null,
        RecorderHistory? history = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var recorder = new TestRecorder(this, new RecorderId(id ?? $"recorder-{++_made}"));
        recorder.Create(source.Uri.Key, options ?? new RecorderOptions(), target ?? new RecordingTarget("/recordings"), history);
        return recorder;
    }

    /// <summary>Asks for a recorder that must not be made.</summary>
    /// <param name="name">The error's name.</param>
    /// <param name="source">The URI of what it would record.</param>
    /// <param name="options">How.</param>
    /// <param name="id">Its id; null: one is made up.</param>
    /// <param name="target">Where its files would go; null: the folder <c>/recordings</c> of <see cref="Disk"/>.</param>
    /// <returns>The error.</returns>
    /// <exception cref="SpecFailedException">It was made, or refused for another reason.</exception>
    public MediaError ExpectNoRecorder(
        ErrorName name, string source, RecorderOptions? options = null, string? id = null, RecordingTarget? target = null) =>
        new TestRecorder(this, new RecorderId(id ?? $"recorder-{++_made}")).ExpectNotCreated(
            name, source, options ?? new RecorderOptions(), target ?? new RecordingTarget("/recordings"));

    private int _made;

    /// <summary>Lets every actor finish what it has to do; the time stands still.</summary>
    public void Settle() => Order.RunUntilIdle();

    /// <summary>
    /// Lets actors take some turns, a message each, so that what the spec does next meets messages that are still on their way.
    /// </summary>
    /// <param name="turns">How many.</param>
    public void Turn(int turns = 1)
    {
        while (turns-- > 0 && Order.RunNext())
        {
        }
    }

    /// <summary>
    /// What <paramref name="send"/> sends waits until it returns: in a <see cref="RecorderSpec"/>, where messages are worked on as soon as
    /// they are sent, this is how several are under way at the same time, for the seed to decide their order.
    /// </summary>
    /// <param name="send">Sends.</param>
    public void Together(Action send)
    {
        ArgumentNullException.ThrowIfNull(send);
        using (Order.Gather())
        {
            send();
        }

        Settle();
    }

    /// <summary>Subscribes an actor to the events of a recorder, or of all; it gets <see cref="EventsProtocol.Subscribed"/> first.</summary>
    /// <param name="subscriber">Who gets them.</param>
    /// <param name="recorder">Of which; null: of all.</param>
    /// <exception cref="SpecFailedException">There is no such recorder.</exception>
    public void Subscribe(IActorRef subscriber, RecorderId? recorder = null)
    {
        if (recorder is { } id && !HasRecorder(id))
        {
            throw new SpecFailedException($"There is no recorder '{id}' to subscribe to; create it first.");
        }

        SubscribeToWhatMayCome(subscriber, recorder);
    }

    /// <summary>Subscribes an actor no longer.</summary>
    public void Unsubscribe(IActorRef subscriber)
    {
        _events.Tell(new EventsProtocol.Unsubscribe(), subscriber);
        Settle();
    }

    /// <summary>
    /// Runs a spec once for each of many seeds, so that what depends on the order of deliveries comes to light.
    /// </summary>
    /// <param name="seeds">How many; <see cref="SeedVariable"/> picks a single one.</param>
    /// <param name="spec">The spec, in a world of its own each time.</param>
    /// <exception cref="SpecFailedException">It failed; the message begins with the seed that finds the failure again.</exception>
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

    /// <summary>Ends the actor system.</summary>
    public void Dispose()
    {
        Disk.Repair();
        var ended = Sys.Terminate();
        var started = TimeProvider.System.GetTimestamp();
        while (!ended.IsCompleted && TimeProvider.System.GetElapsedTime(started) < EndTimeout)
        {
            if (!Order.RunNext())
            {
                Thread.Yield();
            }
        }

        Order.Forget();
    }

    /// <summary>As <see cref="Subscribe"/>, also to a recorder that is still to be created.</summary>
    internal void SubscribeToWhatMayCome(IActorRef subscriber, RecorderId? recorder)
    {
        _events.Tell(new EventsProtocol.Subscribe(recorder), subscriber);
        Settle();
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
