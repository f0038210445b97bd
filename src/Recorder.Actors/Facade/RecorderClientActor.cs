using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors;

/// <summary>
/// The subscriber behind one <see cref="MediaRecorder"/>. Commands and events wait in one queue, and each sends one request to
/// the recorder: a command sends itself, and an event asks for the recorder's status. So calls keep their order, and handlers
/// never see a status that is older than their event, even if the recorder stopped by itself.
/// </summary>
internal sealed class RecorderClientActor : ReceiveActor
{
    /// <summary>How long a recorder may take to answer; only one that is broken takes longer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly RecorderId _id;
    private readonly IActorRef _recorders;
    private readonly IActorRef _events;
    private readonly RecorderClient _client;
    private readonly Queue<object> _waiting = new();
    private object? _current;
    private long _request;

    public RecorderClientActor(
        RecorderId id, IActorRef recorders, IActorRef events, RecorderClient client, TaskCompletionSource subscribed)
    {
        (_id, _recorders, _events, _client) = (id, recorders, events, client);
        Receive<EventsProtocol.Subscribed>(_ => subscribed.TrySetResult());
        Receive<Call>(Enqueue);
        Receive<IEvent>(
            raised => raised is not (GapRecorded or SourceChanged or BlobDurable or StorageChanged or ClockChanged or Marked or LateMedia),
            Enqueue);
        Receive<Answer>(answer => answer.Request == _request, OnAnswer);
        Receive<Close>(_ => _events.Tell(new EventsProtocol.Unsubscribe()));
        Receive<EventsProtocol.Unsubscribed>(Enqueue);
        ReceiveAny(_ => { });
    }

    public static Props PropsFor(
        RecorderId id, IActorRef recorders, IActorRef events, RecorderClient client, TaskCompletionSource subscribed) =>
        Props.Create(() => new RecorderClientActor(id, recorders, events, client, subscribed));

    protected override void PreStart() => _events.Tell(new EventsProtocol.Subscribe(_id));

    // The answers it waited for are lost and the client was closed, so a restarted actor has nothing to do.
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    protected override void PostStop()
    {
        foreach (var raised in new[] { _current }.Concat(_waiting).OfType<IEvent>())
            _client.OnEvent(raised, null);

        _client.OnClosed();
    }

    private void Enqueue(object step)
    {
        _waiting.Enqueue(step);
        if (_current is null)
            Next();
    }

    private void Next()
    {
        _current = _waiting.TryDequeue(out var step) ? step : null;
        switch (step)
        {
            case Call call:
                Ask(call.Command);
                break;
            case IEvent:
                Ask(new GetStatus(_id));
                break;
            case EventsProtocol.Unsubscribed:
                Context.Stop(Self);
                break;
            default:
                break;
        }
    }

    private void Ask(ICommand command)
    {
        var request = ++_request;
        _ = _recorders.Ask<object>(command, AnswerTimeout).PipeTo(
            Self, Self, reply => new Answer(request, reply), _ => new Answer(request, null));
    }

    private void OnAnswer(Answer answer)
    {
        switch (_current)
        {
            case Call call when answer.Reply is Accepted accepted:
                _client.OnAnswer(call.Command, accepted.State, accepted: true);
                call.Done.TrySetResult();
                break;
            case Call call when answer.Reply is Refused refused:
                _client.OnAnswer(call.Command, refused.State, accepted: false);
                call.Done.TrySetException(MediaRecorderException.For(refused.Error));
                break;
            case Call call:
                call.Done.TrySetException(new UnknownError($"Recorder {_id} did not answer within {AnswerTimeout.TotalSeconds} s."));
                break;
            case IEvent raised:
                _client.OnEvent(raised, answer.Reply as Status);
                break;
            default:
                break;
        }

        Next();
    }

    internal sealed record Call(ICommand Command, TaskCompletionSource Done);

    /// <summary>Raises the remaining events of a removed recorder, and stops the actor.</summary>
    internal sealed record Close;

    private sealed record Answer(long Request, object? Reply);
}
