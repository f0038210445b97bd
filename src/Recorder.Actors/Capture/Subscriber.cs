using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>
/// One subscriber of a source and the bytes under way to it. Beyond its limit a live source leaves out groups of pictures for it alone
/// and says so when it goes on at a key frame.
/// </summary>
internal sealed class Subscriber
{
    private readonly long _attachment;
    private readonly IActorRef _self;
    private readonly long _limit;
    private readonly bool _lossless;
    private readonly Action<long> _credit;
    private readonly Action _wake;
    private long _inFlight;
    private bool _dropping;
    private bool _failed;
    private TimeSpan? _awaitsSince;
    private long _dropped;
    private DateTimeOffset _droppedFrom;

    /// <param name="target">The subscriber.</param>
    /// <param name="attachment">The number it chose for what it is sent.</param>
    /// <param name="self">The source.</param>
    /// <param name="limit">Most bytes under way.</param>
    /// <param name="lossless">Whether the source waits instead of leaving out.</param>
    /// <param name="wake">Called from any thread when the credit is good again.</param>
    public Subscriber(IActorRef target, long attachment, IActorRef self, long limit, bool lossless, Action wake)
    {
        Target = target;
        _attachment = attachment;
        _self = self;
        _limit = limit;
        _lossless = lossless;
        _wake = wake;
        _credit = Credit;
    }

    public IActorRef Target { get; }

    /// <summary>Whether it was told that the source is open.</summary>
    public bool Opened { get; set; }

    /// <summary>Whether it begins at the next key frame.</summary>
    public bool AwaitsKey { get; set; }

    /// <summary>Whether a source that waits may send more.</summary>
    public bool HasCredit => Interlocked.Read(ref _inFlight) < _limit / 2;

    public void Tell(CaptureProtocol.SourceMessage message)
    {
        if (!_failed)
        {
            Target.Tell(message with { Attachment = _attachment }, _self);
        }
    }

    /// <summary>The last it is told, while it stays subscribed until it detaches.</summary>
    public void Fail(MediaError error)
    {
        Tell(new CaptureProtocol.SourceFailed(error));
        (_failed, AwaitsKey) = (true, false);
    }

    /// <summary>How long it has waited for a key frame.</summary>
    public TimeSpan HasWaited(TimeSpan now) => now - (_awaitsSince ??= now);

    /// <summary>Whether this is what an actor attached as under a number.</summary>
    public bool Is(IActorRef target, long attachment) => attachment == _attachment && Target.Equals(target);

    /// <summary>Sends a batch, or as much of it as the subscriber can have.</summary>
    /// <param name="batch">The batch; the caller keeps its own reference.</param>
    /// <param name="firstKey">Index of the first packet at which decoding can begin; -1 for none.</param>
    public void Offer(PacketBatch batch, int firstKey)
    {
        if (_failed)
        {
            return;
        }

        if (_dropping || AwaitsKey)
        {
            if (firstKey < 0 || (_dropping && Interlocked.Read(ref _inFlight) > _limit / 2))
            {
                _dropped += _dropping ? batch.Count : 0;
                return;
            }

            AwaitsKey = false;
            ReportDropped(firstKey, Wall(batch, firstKey));
            Send(firstKey == 0 ? batch.AddRef() : PacketBatches.Slice(batch, firstKey));
            return;
        }

        var inFlight = Interlocked.Read(ref _inFlight);
        if (!_lossless && inFlight > 0 && inFlight + batch.Bytes > _limit)
        {
            _dropping = true;
            _dropped = batch.Count;
            _droppedFrom = Wall(batch, 0);
            return;
        }

        Send(batch.AddRef());
    }

    /// <summary>Sends a batch from the ring; takes over the reference.</summary>
    public void Send(PacketBatch batch)
    {
        Interlocked.Add(ref _inFlight, batch.Bytes);
        Target.Tell(new CaptureProtocol.MediaArrived(batch, _credit, _attachment), _self);
    }

    /// <summary>Says what was left out, if anything was.</summary>
    public void ReportDropped(int more, DateTimeOffset to)
    {
        if (_dropping)
        {
            _dropping = false;
            Tell(new CaptureProtocol.MediaDropped(GapCause.RecorderOverrun, _dropped + more, _droppedFrom, to));
        }
    }

    private static DateTimeOffset Wall(PacketBatch batch, int index) =>
        DateTimeOffset.UnixEpoch.AddTicks(batch[index].CaptureTimeUs * TimeSpan.TicksPerMicrosecond);

    private void Credit(long bytes)
    {
        var left = Interlocked.Add(ref _inFlight, -bytes);
        if (left < _limit / 2)
        {
            _wake();
        }
    }
}
