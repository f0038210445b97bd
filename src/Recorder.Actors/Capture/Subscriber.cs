using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Counts the bytes under way. Above a live source's limit whole GOPs are left out for this subscriber alone, and
/// reported when the media continues at a key frame.</summary>
internal sealed class Subscriber(
    IActorRef target, long attachment, IActorRef self, long limit, bool lossless, Action creditReturned)
{
    private Action<long>? _returnCredit;
    private long _inFlight;
    private bool _isDropping;
    private bool _hasFailed;
    private TimeSpan? _awaitsSince;
    private long _dropped;
    private DateTimeOffset _droppedFrom;

    public IActorRef Target => target;
    public bool IsOpened { get; set; }
    public bool AwaitsKey { get; set; }
    public bool HasCredit => Interlocked.Read(ref _inFlight) < limit / 2;

    public void Tell(CaptureProtocol.SourceMessage message)
    {
        if (!_hasFailed)
            Target.Tell(message with { Attachment = attachment }, self);
    }

    /// <summary>Sends the last message. The subscriber stays in the list until it detaches.</summary>
    public void Fail(MediaError error)
    {
        Tell(new CaptureProtocol.SourceFailed(error));
        (_hasFailed, AwaitsKey) = (true, false);
    }

    public TimeSpan HasWaited(TimeSpan now) => now - (_awaitsSince ??= now);
    public bool Is(IActorRef other, long number) => number == attachment && target.Equals(other);

    /// <summary>The caller keeps its reference; decoding can begin at <paramref name="firstKey"/>, -1 for nowhere.</summary>
    public void Offer(PacketBatch batch, int firstKey)
    {
        if (_hasFailed)
            return;

        if (_isDropping || AwaitsKey)
        {
            if (firstKey < 0 || (_isDropping && Interlocked.Read(ref _inFlight) > limit / 2))
            {
                _dropped += _isDropping ? batch.Count : 0;
                return;
            }

            AwaitsKey = false;
            ReportDropped(firstKey, CaptureTime.Of(batch, firstKey));
            Send(firstKey == 0 ? batch.AddRef() : PacketBatches.Slice(batch, firstKey));
            return;
        }

        var inFlight = Interlocked.Read(ref _inFlight);
        if (!lossless && inFlight > 0 && inFlight + batch.Bytes > limit)
        {
            _isDropping = true;
            _dropped = batch.Count;
            _droppedFrom = CaptureTime.Of(batch, 0);
            return;
        }

        Send(batch.AddRef());
    }

    /// <summary>Sends a batch even beyond the subscriber's limit, and takes over the reference.</summary>
    public void Send(PacketBatch batch)
    {
        Interlocked.Add(ref _inFlight, batch.Bytes);
        Target.Tell(new CaptureProtocol.MediaArrived(batch, _returnCredit ??= ReturnCredit, attachment), self);
    }

    public void ReportDropped(int more, DateTimeOffset to)
    {
        if (_isDropping)
        {
            _isDropping = false;
            Tell(new CaptureProtocol.MediaDropped(GapCause.RecorderOverrun, _dropped + more, _droppedFrom, to));
        }
    }

    private void ReturnCredit(long bytes)
    {
        if (Interlocked.Add(ref _inFlight, -bytes) < limit / 2)
            creditReturned();
    }
}
