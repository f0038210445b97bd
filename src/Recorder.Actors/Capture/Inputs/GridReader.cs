using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Rtsp;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Sessions;

namespace Recorder.Actors.Capture;

/// <summary>Reads a camera on the thread that reads all cameras.</summary>
internal sealed class GridReader : ILiveReader, IGridMember
{
    private readonly RtspInput _input;
    private readonly int _attempt;
    private readonly IActorRef _owner;
    private readonly CaptureContext _context;
    private long _pending;
    private bool _isClosing;
    private bool _hasChanged;
    private volatile bool _isCancelled;

    public GridReader(RtspInput input, int attempt, IActorRef owner, CaptureContext context)
    {
        (_input, _attempt, _owner, _context) = (input, attempt, owner, context);
        _input.OnChange = Change;
        _input.OnLoss = Lose;
    }

    public bool IsUrgent => _isCancelled || _input.IsUrgent;

    public void Start() => _context.Receiving.Add(this);

    public void Cancel()
    {
        _isCancelled = true;
        _context.Receiving.Wake();
    }

    public void Taken(long bytes) => Interlocked.Add(ref _pending, -bytes);

    public bool Read(byte[] buffer, bool isOnGrid)
    {
        // A camera that is not read waits, and its server leaves out what it cannot send.
        if (!_isCancelled && Interlocked.Read(ref _pending) > ILiveReader.MostPending)
            return true;

        Exception? error = null;
        var goesOn = false;
        try
        {
            if (_isCancelled && !_isClosing)
            {
                _isClosing = true;
                _input.BeginClosing();
            }

            goesOn = isOnGrid || _isCancelled ? _input.Read(buffer) : _input.ReadUrgent(buffer);
        }
#pragma warning disable CA1031 // Every error is reported to the actor, which translates it; the other cameras are read on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error = failure;
        }

        if (!goesOn)
            Finish(error);
        else if (_input.Batch.Bytes > ILiveReader.MostBytes)
            Flush();

        return goesOn;
    }

    public void Deliver() => Flush();

    // The streams are those of the packets that follow.
    private void Change()
    {
        Flush();
        _hasChanged = true;
    }

    private void Lose(RtspTrackInput track, RtpLoss loss)
    {
        Flush();
        var cause = _input.TakeDrops() > 0 ? GapCause.ReceiveOverrun : GapCause.PacketLoss;
        var missing = track.TimeBase.ToTimeSpan(loss.To - loss.From);
        var to = _context.Time.GetUtcNow();
        _owner.Tell(
            new ILiveReader.Lost(_attempt, new CaptureProtocol.MediaDropped(cause, loss.Packets, to - missing, to) { Missing = missing }),
            ActorRefs.NoSender);
    }

    private void Flush()
    {
        if (_hasChanged)
        {
            _hasChanged = false;
            _owner.Tell(new ILiveReader.StreamsChanged(_attempt, _input.Streams), ActorRefs.NoSender);
        }

        if (_input.Batch.Count == 0)
            return;

        var batch = _input.TakeBatch();
        if (_isClosing)
        {
            batch.Release();
            return;
        }

        for (var i = 0; i < batch.Count; i++)
            batch.SetArrival(i, batch.ArrivedAt(i) - _context.Origin);

        Interlocked.Add(ref _pending, batch.Bytes);
        _owner.Tell(new ILiveReader.Arrived(_attempt, batch, _context.Now), ActorRefs.NoSender);
    }

    private void Finish(Exception? error)
    {
        try
        {
            _input.Finish();
            Flush();
        }
#pragma warning disable CA1031 // The last frame may exceed a limit; the actor is told all the same.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error ??= failure;
        }

        var hasEnded = _input.HasEnded;
        _input.Dispose();
        _owner.Tell(new ILiveReader.Ended(_attempt, _input, error, hasEnded, Cut: 0), ActorRefs.NoSender);
    }
}
