using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors;

/// <summary>
/// The state of a recorder that a <see cref="MediaRecorder"/> shows. Only its <see cref="RecorderClientActor"/> changes it; any
/// thread may read it.
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

    public RecorderClient(Status idle, EventPump pump) => (_idle, _pump, _status) = (idle, pump, idle);

    public Status Status => _status;

    /// <summary>The blobs of the latest recording; before the first start, of the first one.</summary>
    public BlobLog Blobs => _blobs;

    /// <summary>Cancelled when the recorder is gone or the client was closed.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Takes the answer to a command. An inactive recorder gets the status that it had before its first start.</summary>
    public void OnAnswer(ICommand command, RecorderState state, bool accepted)
    {
        _status = state == RecorderState.Inactive ? _idle : _status with { State = state };
        if (accepted && command is Start)
            Begin();
    }

    /// <summary>Takes an event, and the status of the recorder after it; null when the recorder is gone.</summary>
    public void OnEvent(IEvent raised, Status? after)
    {
        _status = after ?? _idle;
        if (_open.Count == 0)
        {
            // Another client of the actors started the recorder.
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

    /// <summary>Ends the readers of unfinished recordings, because no events follow.</summary>
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
        // Asynchronously, since cancellation runs code of the program.
        _ = _closed.CancelAsync();
    }

    private void Begin()
    {
        _blobs = _begun ? new BlobLog() : _blobs;
        _begun = true;
        _open.Enqueue(_blobs);
    }
}
