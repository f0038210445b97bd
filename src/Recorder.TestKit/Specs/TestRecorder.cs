using System.Text;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Testing;

/// <summary>A recorder in a spec, with methods for its commands and for expectations about its events. Each call first lets
/// actors process messages until every actor is idle, so that a spec never waits in real time.</summary>
/// <remarks>Expectations look at the events one after another, in the order in which the recorder raised them. They skip
/// <c>source</c>, <c>durable</c>, <c>storage</c> and <c>clock</c> events unless one of these is expected.</remarks>
/// <example>
/// <code>
/// var recorder = CreateRecorder(Source());
/// recorder.Start(timeslice: TimeSpan.FromSeconds(1));
/// Clock.Advance(TimeSpan.FromSeconds(2));
/// recorder.Stop();
/// recorder.ExpectStarted();
/// recorder.ExpectBlob(mediaTime: TimeSpan.Zero, duration: TimeSpan.FromSeconds(1));
/// recorder.ExpectBlob(mediaTime: TimeSpan.FromSeconds(1));
/// recorder.ExpectStopped(StopReason.Requested);
/// recorder.ExpectNoEvent();
/// </code>
/// </example>
public sealed partial class TestRecorder
{
    private readonly RecorderWorld _world;
    private readonly List<IEvent> _events = [];
    private readonly List<object> _replies = [];
    private readonly IActorRef _inbox;

    internal TestRecorder(RecorderWorld world, RecorderId id)
    {
        (_world, Id) = (world, id);
        var (events, replies) = (_events, _replies);
        _inbox = world.Sys.ActorOf(Props.Create(() => new InboxActor(id, events, replies)));
        world.SubscribeUnchecked(_inbox, id);
    }

    /// <summary>The recorder's id.</summary>
    public RecorderId Id { get; }

    /// <summary>All events so far, in the order in which the recorder raised them.</summary>
    public IReadOnlyList<IEvent> Events
    {
        get
        {
            _world.Settle();
            return _events;
        }
    }

    /// <summary>The blobs of all <c>dataavailable</c> events so far, in order.</summary>
    public IReadOnlyList<Blob> Blobs => [.. Events.OfType<DataAvailable>().Select(data => data.Data)];

    /// <summary>The recorder's state: inactive, recording or paused.</summary>
    public RecorderState State => Status.State;

    /// <summary>The recorder's status.</summary>
    public Status Status => (Status)Send(new GetStatus(Id));

    /// <summary>Starts a recording.</summary>
    /// <param name="timeslice">Media time per blob; null makes one blob of the whole recording.</param>
    /// <param name="duration">Media time after which the recorder stops by itself; null for no limit.</param>
    /// <exception cref="SpecFailedException">The command was refused.</exception>
    public void Start(TimeSpan? timeslice = null, TimeSpan? duration = null) =>
        Do(new Start(Id, timeslice) { Duration = duration });

    /// <summary>Stops the recording.</summary>
    public void Stop() => Do(new Stop(Id));

    /// <summary>Pauses the recording.</summary>
    /// <exception cref="SpecFailedException">The command was refused.</exception>
    public void Pause() => Do(new Pause(Id));

    /// <summary>Resumes the paused recording.</summary>
    /// <exception cref="SpecFailedException">The command was refused.</exception>
    public void Resume() => Do(new Resume(Id));

    /// <summary>Ends the current blob and announces it.</summary>
    /// <exception cref="SpecFailedException">The command was refused.</exception>
    public void RequestData() => Do(new RequestData(Id));

    /// <summary>Begins a new extent (file) at the next key frame.</summary>
    /// <exception cref="SpecFailedException">The command was refused.</exception>
    public void Split() => Do(new Split(Id));

    /// <summary>Gives the current moment of the recording a label.</summary>
    /// <param name="label">The label, 1 to 200 characters.</param>
    /// <exception cref="SpecFailedException">The command was refused.</exception>
    public void Mark(string label) => Do(new Mark(Id, label));

    /// <summary>Puts a command into the mailbox without processing it, so that several can wait there.</summary>
    /// <param name="command">The command.</param>
    public void Post(ICommand command)
    {
        using var waiting = _world.Order.Gather(thenRun: false);
        _world.Recorders.Tell(command, _inbox);
    }

    /// <summary>Sends a command and returns the answer.</summary>
    /// <param name="command">The command.</param>
    /// <returns>An <see cref="Accepted"/>, <see cref="Refused"/> or <see cref="RecorderProtocol.Status"/>.</returns>
    /// <exception cref="SpecFailedException">The recorder did not answer exactly once.</exception>
    public object Send(ICommand command)
    {
        _world.Settle();
        _replies.Clear();
        Post(command);
        _world.Settle();
        if (_world.Sys.WhenTerminated.IsCompleted)
            throw Failed($"an answer to {command}", $"the actor system '{_world.Sys.Name}' has ended");

        return _replies.Count == 1 ? _replies[0] : throw Failed($"one answer to {command}", $"there were {_replies.Count}");
    }

    internal void Create(string source, RecorderOptions options, RecordingTarget target, RecorderHistory? history)
    {
        if (TryCreate(source, options, target, history) is { } error)
            throw Failed("the recorder to be created", error.ToString());
    }

    internal MediaError ExpectNotCreated(ErrorName name, string source, RecorderOptions options, RecordingTarget target) =>
        TryCreate(source, options, target) is not { } error ? throw Failed($"to be refused with {name}", "it was created")
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
            _ => throw Failed("an answer", "there was none"),
        };
    }

    private void Do(ICommand command)
    {
        if (Send(command) is not Accepted)
            throw Failed($"{command} to be accepted", $"it answered {_replies[0]}");
    }

    private SpecFailedException Failed(string expected, string instead)
    {
        var text = new StringBuilder($"Expected {expected} of {Id}, but {instead}.");
        text.AppendLine().AppendLine("Its events so far, with > at the next one:");
        for (var index = 0; index < _events.Count; index++)
            text.Append(index == _next ? "> " : "  ").AppendLine(EventText.Of(_events[index]));

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
