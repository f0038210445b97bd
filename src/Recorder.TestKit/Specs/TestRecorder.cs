using System.Text;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Testing;

/// <summary>
/// A recorder in a spec: commands, and expectations on its events one after another. Each call first lets all actors finish what they
/// have to do, so that nothing is waited for in real time. <c>source</c>, <c>durable</c> and <c>storage</c> events are passed over unless
/// they are asked for.
/// </summary>
public sealed class TestRecorder
{
    private readonly RecorderWorld _world;
    private readonly List<IEvent> _events = [];
    private readonly List<object> _replies = [];
    private readonly IActorRef _inbox;
    private int _next;

    internal TestRecorder(RecorderWorld world, RecorderId id)
    {
        (_world, Id) = (world, id);
        var (events, replies) = (_events, _replies);
        _inbox = world.Sys.ActorOf(Props.Create(() => new InboxActor(id, events, replies)));
        world.SubscribeToWhatMayCome(_inbox, id);
    }

    /// <summary>Its id.</summary>
    public RecorderId Id { get; }

    /// <summary>Every event so far, in the order in which it came.</summary>
    public IReadOnlyList<IEvent> Events
    {
        get
        {
            _world.Settle();
            return _events;
        }
    }

    /// <summary>The blob of every <c>dataavailable</c> so far, in order.</summary>
    public IReadOnlyList<Blob> Blobs => [.. Events.OfType<DataAvailable>().Select(data => data.Data)];

    /// <summary>inactive, recording or paused.</summary>
    public RecorderState State => Status.State;

    /// <summary>All that it says of itself.</summary>
    public Status Status => (Status)Send(new GetStatus(Id));

    /// <summary>start(timeslice).</summary>
    /// <param name="timeslice">Media time per blob; null gathers everything into one.</param>
    /// <param name="duration">Media time after which it stops by itself; null: never.</param>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public void Start(TimeSpan? timeslice = null, TimeSpan? duration = null) => Do(new Start(Id, timeslice) { Duration = duration });

    /// <summary>stop().</summary>
    public void Stop() => Do(new Stop(Id));

    /// <summary>pause().</summary>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public void Pause() => Do(new Pause(Id));

    /// <summary>resume().</summary>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public void Resume() => Do(new Resume(Id));

    /// <summary>requestData().</summary>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public void RequestData() => Do(new RequestData(Id));

    /// <summary>A new extent at the next key frame.</summary>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public void Split() => Do(new Split(Id));

    /// <summary>Names the present moment.</summary>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public void Mark(string label) => Do(new Mark(Id, label));

    /// <summary>Puts a command into the recorder's mailbox and does nothing more: several can wait there together.</summary>
    public void Post(ICommand command)
    {
        using var waiting = _world.Order.Gather(thenRun: false);
        _world.Recorders.Tell(command, _inbox);
    }

    /// <summary>Sends a command.</summary>
    /// <returns>What it answered: <see cref="Accepted"/>, <see cref="Refused"/> or <see cref="RecorderProtocol.Status"/>.</returns>
    public object Send(ICommand command)
    {
        _world.Settle();
        _replies.Clear();
        Post(command);
        _world.Settle();
        return _replies.Count == 1 ? _replies[0]
            : _world.Sys.WhenTerminated.IsCompleted ? throw Failed($"an answer to {command}", $"the actor system '{_world.Sys.Name}' has ended")
            : throw Failed($"one answer to {command}", $"{_replies.Count} came");
    }

    /// <summary>Sends a command that must be refused.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The error's name.</param>
    /// <returns>The error.</returns>
    /// <exception cref="SpecFailedException">It was accepted, or refused for another reason.</exception>
    public MediaError ExpectRefused(ICommand command, ErrorName name)
    {
        var reply = Send(command);
        return reply is Refused refused && refused.Error.Name == name ? refused.Error : throw Failed($"{command} refused with {name}", $"it answered {reply}");
    }

    /// <summary>The next event is of this type.</summary>
    /// <param name="where">What else must hold.</param>
    /// <param name="what">The same in words, for the failure.</param>
    /// <returns>The event.</returns>
    /// <exception cref="SpecFailedException">Another came, or none.</exception>
    public T Expect<T>(Func<T, bool>? where = null, string what = "")
        where T : IEvent
    {
        _world.Settle();
        while (_next < _events.Count && IsAside(_events[_next]) && _events[_next] is not T)
        {
            _next++;
        }

        var expected = $"{typeof(T).Name}{(what.Length > 0 ? " with " + what : "")}";
        if (_next == _events.Count)
        {
            throw Failed(expected, "no event came");
        }

        if (_events[_next] is not T found || where?.Invoke(found) == false)
        {
            throw Failed(expected, $"{EventText.Of(_events[_next])} came");
        }

        _next++;
        return found;
    }

    /// <summary>The next event is <c>start</c>.</summary>
    public Started ExpectStarted() => Expect<Started>();

    /// <summary>The next event is <c>pause</c>.</summary>
    public Paused ExpectPaused() => Expect<Paused>();

    /// <summary>The next event is <c>resume</c>.</summary>
    public Resumed ExpectResumed() => Expect<Resumed>();

    /// <summary>The next event is <c>dataavailable</c>; what is not stated may be anything.</summary>
    /// <param name="mediaTime">Where the blob begins on the recording's timeline.</param>
    /// <param name="duration">Media time that it covers.</param>
    /// <param name="empty">Whether it has no bytes.</param>
    /// <returns>The blob.</returns>
    public Blob ExpectBlob(TimeSpan? mediaTime = null, TimeSpan? duration = null, bool? empty = null) =>
        Expect<DataAvailable>(
            data => (mediaTime ?? data.Data.MediaTime) == data.Data.MediaTime && (duration ?? data.Data.Duration) == data.Data.Duration &&
                (empty ?? (data.Data.Length == 0)) == (data.Data.Length == 0),
            Words(("media time", mediaTime), ("duration", duration), ("empty", empty))).Data;

    /// <summary>The next event is <c>error</c>.</summary>
    /// <param name="name">The error's name.</param>
    /// <returns>The error.</returns>
    public MediaError ExpectError(ErrorName name) => Expect<ErrorRaised>(raised => raised.Error.Name == name, name.ToString()).Error;

    /// <summary>The next event is a gap; what is not stated may be anything.</summary>
    /// <param name="cause">What cost the interval.</param>
    /// <param name="duration">How long it is.</param>
    public GapRecorded ExpectGap(GapCause? cause = null, TimeSpan? duration = null) =>
        Expect<GapRecorded>(
            gap => (cause ?? gap.Cause) == gap.Cause && (duration ?? gap.Duration) == gap.Duration,
            Words(("cause", cause), ("duration", duration)));

    /// <summary>The next event that is not of another kind says this of the source.</summary>
    public SourceChanged ExpectSource(SourceStatus status) => Expect<SourceChanged>(source => source.Status == status, status.ToString());

    /// <summary>The next event is <c>stop</c>; what is not stated may be anything.</summary>
    /// <param name="reason">Why the recording ended.</param>
    /// <param name="duration">Media time recorded.</param>
    public Stopped ExpectStopped(StopReason? reason = null, TimeSpan? duration = null) =>
        Expect<Stopped>(
            stop => (reason ?? stop.Reason) == stop.Reason && (duration ?? stop.Duration) == stop.Duration,
            Words(("reason", reason), ("duration", duration)));

    /// <summary>The next event that is not of another kind says this of the volume.</summary>
    public StorageChanged ExpectStorage(StorageStatus status) => Expect<StorageChanged>(storage => storage.Status == status, status.ToString());

    /// <summary>No event came since the last expectation.</summary>
    /// <exception cref="SpecFailedException">One did.</exception>
    public void ExpectNoEvent()
    {
        _world.Settle();
        if (_events.Skip(_next).FirstOrDefault(raised => !IsAside(raised)) is { } unexpected)
        {
            throw Failed("no event", $"{EventText.Of(unexpected)} came");
        }
    }

    internal void Create(string source, RecorderOptions options, RecordingTarget target, RecorderHistory? history)
    {
        if (TryCreate(source, options, target, history) is { } error)
        {
            throw Failed("the recorder to be made", error.ToString());
        }
    }

    internal MediaError ExpectNotCreated(ErrorName name, string source, RecorderOptions options, RecordingTarget target) =>
        TryCreate(source, options, target) is not { } error ? throw Failed($"to be refused with {name}", "it was made")
        : error.Name == name ? error
        : throw Failed($"to be refused with {name}", error.ToString());

    private MediaError? TryCreate(string source, RecorderOptions options, RecordingTarget target, RecorderHistory? history = null)
    {
        _replies.Clear();
        _world.Recorders.Tell(new RecordersProtocol.Create(Id, source, options, target) { History = history }, _inbox);
        _world.Settle();
        return _replies switch
        {
            [RecordersProtocol.Created] => null,
            [Refused refused] => refused.Error,
            _ => throw Failed("an answer", "none came"),
        };
    }

    // What comes beside the specification's story.
    private static bool IsAside(IEvent raised) => raised is SourceChanged or BlobDurable or StorageChanged or ClockChanged;

    private static string Words(params (string Name, object? Value)[] wishes) =>
        string.Join(", ", wishes.Where(wish => wish.Value is not null).Select(wish => $"{wish.Name} {wish.Value}"));

    private void Do(ICommand command)
    {
        if (Send(command) is not Accepted)
        {
            throw Failed($"{command} to be accepted", $"it answered {_replies[0]}");
        }
    }

    private SpecFailedException Failed(string expected, string instead)
    {
        var text = new StringBuilder($"Expected {expected} of {Id}, but {instead}.");
        text.AppendLine().AppendLine("Its events so far, > where the expectation stood:");
        for (var index = 0; index < _events.Count; index++)
        {
            text.Append(index == _next ? "> " : "  ").AppendLine(EventText.Of(_events[index]));
        }

        return new SpecFailedException(text.Append("Seed ").Append(_world.Seed).Append('.').ToString());
    }

    private sealed class InboxActor : ReceiveActor
    {
        public InboxActor(RecorderId recorder, List<IEvent> events, List<object> replies)
        {
            Receive<IEvent>(raised => raised.Recorder == recorder, events.Add);
            Receive<EventsProtocol.Subscribed>(_ => { });
            ReceiveAny(replies.Add);
        }
    }
}
