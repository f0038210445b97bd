using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors;

/// <summary>
/// What a <see cref="MediaRecorder"/> shows of its recorder. Changed in the turns of its <see cref="RecorderClientActor"/> only,
/// read on any thread.
/// </summary>
internal sealed class RecorderClient
{
    private readonly Status _idle;
    private readonly EventPump _pump;
    private readonly Queue<BlobLog> _open = new();
    private readonly CancellationTokenSource _closed = new();
    private volatile Status _status;
    private volatile BlobLog _blobs = new();
    private bool _begun;

    /// <param name="idle">The recorder before its first start, which is what it goes back to.</param>
    /// <param name="pump">Raises the events.</param>
    public RecorderClient(Status idle, EventPump pump) => (_idle, _pump, _status) = (idle, pump, idle);

    /// <summary>The recorder as last heard of.</summary>
    public Status Status => _status;

    /// <summary>The blobs of the recording that was started last or, before the first start, will be.</summary>
    public BlobLog Blobs => _blobs;

    /// <summary>Cancelled when nothing is heard of the recorder any more.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>A command was answered: the state is known, and with the end of a recording what it had decided goes.</summary>
    public void OnAnswer(ICommand command, RecorderState state, bool accepted)
    {
        _status = state == RecorderState.Inactive ? _idle : _status with { State = state };
        if (accepted && command is Start)
        {
            Begin();
        }
    }

    /// <summary>An event, and what the recorder said of itself after it; null when there is no such recorder any more.</summary>
    public void OnEvent(IEvent raised, Status? after)
    {
        _status = after ?? _idle;
        if (_open.Count == 0)
        {
            // Somebody else started it, through the actors.
            Begin();
        }

        var log = _open.Peek();
        switch (raised)
        {
            case DataAvailable data:
                log.Add(data.Data);
                break;
            case ErrorRaised error:
                log.Fail(error.Error);
                break;
            case Stopped:
                _open.Dequeue();
                break;
            default:
                break;
        }

        _pump.Post(raised, raised is Stopped ? log : null);
    }

    /// <summary>Nothing more is heard of the recorder: what is under way ends here for those who read it.</summary>
    public void OnClosed()
    {
        _status = _idle;
        while (_open.TryDequeue(out var log))
        {
            log.Fail(new MediaError(
                ErrorName.UnknownError,
                $"Recorder {_idle.Recorder} or its node was shut down before the recording's stop event came."));
            log.End();
        }

        _blobs.End();
        _pump.Complete();
        // Not here and now: what runs then is the program's own code.
        _ = _closed.CancelAsync();
    }

    private void Begin()
    {
        _blobs = _begun ? new BlobLog() : _blobs;
        _begun = true;
        _open.Enqueue(_blobs);
    }
}
