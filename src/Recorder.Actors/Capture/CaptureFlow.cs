using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

/// <summary>Sends the packets of an input to the subscribers of its source, and tells them when it is open, lost or restored.
/// Used by one actor; never blocks and reads no clock.</summary>
internal sealed class CaptureFlow(IActorRef self, SourceUri source, CaptureOptions options)
{
    private readonly GopBuffer _gop = new(options.RingBytes, options.RingDuration, source.IsLive);
    private readonly LeadingSound _leadingSound = new();
    private TracksChanged? _unreportedChange;
    private long _lastCaptureUs;
    private bool _isLost;
    private long _cut;

    public PacketMapper Packets { get; } = new(source);
    public SubscriberList Subscribers { get; } = new(self, source, options);
    public bool HasSent { get; private set; }

    /// <summary>Whether a new subscriber misses nothing that it must be sent.</summary>
    public bool CanJoin => source.IsLive || !HasSent || _gop.HasBeginning;

    public void Add(IActorRef target, long attachment, bool isOpen)
    {
        if (Subscribers.Add(target, attachment) is { } subscriber && isOpen && !_isLost)
            Welcome(subscriber);
    }

    /// <summary>Paced streams follow their sender's own clock; recordings on a server and pushed streams do not.</summary>
    public void Open(IReadOnlyList<StreamInfo> streams, bool isPaced)
    {
        if (Packets.Open(streams, isPaced) is { } change)
        {
            // Replaces an earlier change that was not reported, because it lists all tracks.
            _unreportedChange = new TracksChanged(Packets.Tracks, change);
        }

        if (!_isLost)
            WelcomeNewcomers();
    }

    public void ChangeStreams(IReadOnlyList<StreamInfo> streams)
    {
        if (Packets.ChangeStreams(streams) is not { } change)
            return;

        // The buffered packets were encoded with the old parameters.
        _gop.Clear();
        var changed = new TracksChanged(Packets.Tracks, change);
        if (_isLost)
            _unreportedChange = changed;
        else
            Subscribers.TellOpened(changed);
    }

    /// <summary>Media is missing in front of the next packets. A loss of the whole source covers it.</summary>
    public void Drop(MediaDropped dropped)
    {
        if (!_isLost)
            Subscribers.TellOpened(dropped);
    }

    public void Lose(DateTimeOffset now, string cause, int cut)
    {
        _cut += cut;
        if (!_isLost)
        {
            _isLost = true;
            _gop.Clear();
            Subscribers.TellOpened(new SourceLost(LastCaptureTime(now), cause));
        }
    }

    public void Finish(SourceMessage message, DateTimeOffset now)
    {
        Subscribers.Finish(message, now);
        Clear();
    }

    public void Clear()
    {
        _leadingSound.Clear();
        Subscribers.Clear();
        _gop.Clear();
    }

    /// <summary>Takes over the reference to the batch.</summary>
    public void Send(PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        var kept = Packets.TakeKept(batch);
        if (Packets.TakeDamage(LastCaptureTime(wall), wall) is { } damage)
            Subscribers.TellOpened(damage);

        if (Packets.TakeCorrection(now) is { } correction)
            Subscribers.TellOpened(correction);

        if (kept.Count > 0)
        {
            Announce(kept);
            var (first, last) = Packets.FindKeys(kept);
            _gop.Add(kept, Packets.Leading < 0 ? -1 : last, now);
            Subscribers.SendLeadingSound(source.IsLive ? _leadingSound.Take(kept, first, Packets.Leading, now) : []);
            Subscribers.Offer(kept, first, now);
            HasSent = true;
            _lastCaptureUs = kept[kept.Count - 1].CaptureTimeUs;
        }

        kept.Release();
    }

    /// <summary>Returns a batch that begins with the last packet, which is not due yet; null if it is left out.</summary>
    public PacketBatch? SendAllButLast(PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        var last = Packets.TakeLast(batch);
        Send(batch, now, wall);
        if (last is not null)
            Packets.KeepFirst();

        return last;
    }

    private DateTimeOffset LastCaptureTime(DateTimeOffset now) =>
        _lastCaptureUs == 0 ? now : CaptureTime.FromMicroseconds(_lastCaptureUs);

    // After a loss subscribers hear of its end first, then of what changed meanwhile, and then get the packets.
    private void Announce(PacketBatch batch)
    {
        if (_isLost)
        {
            _isLost = false;
            var restoredAt = CaptureTime.Of(batch, 0);
            Subscribers.TellOpened(new SourceRestored(LastCaptureTime(restoredAt), restoredAt, _cut));
            _cut = 0;
        }

        if (_unreportedChange is { } changed)
        {
            _unreportedChange = null;
            Subscribers.TellOpened(changed);
        }

        WelcomeNewcomers();
    }

    private void WelcomeNewcomers()
    {
        foreach (var subscriber in Subscribers.Newcomers)
            Welcome(subscriber);
    }

    private void Welcome(Subscriber subscriber)
    {
        subscriber.IsOpened = true;
        subscriber.AwaitsKey = source.IsLive && Packets.Leading >= 0 && _gop.Batches.Count == 0;
        subscriber.Tell(new SourceOpened(Packets.Tracks));
        foreach (var batch in _gop.Batches)
            subscriber.Send(batch.AddRef());
    }
}
