using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>
/// What happens to packets between an input and the subscribers: tracks, timeline, key frames after a reconnect, the ring, and who gets
/// what. Used by one actor; blocks on nothing and reads no clock.
/// </summary>
internal sealed class CaptureFlow(IActorRef self, SourceUri source, CaptureOptions options)
{
    private readonly Audience _audience = new(self, source, options);
    private readonly TrackSet _tracks = new();
    private readonly SourceTimeline _timeline = new(source.IsLive);
    private readonly GopRing _ring = new(options.RingBytes, options.RingDuration, source.IsLive);
    private readonly List<int> _kept = [];
    private readonly SoundLead _lead = new();
    private readonly TimestampReport _mends = new();
    private readonly DamageReport _damage = new();
    private CaptureProtocol.TracksChanged? _pending;
    private ulong _awaitingKey;
    private long _lastWall;
    private bool _lost;
    private long _cut;

    /// <summary>The tracks; empty before the first opening.</summary>
    public IReadOnlyList<SourceTrack> Tracks => _tracks.Tracks;

    /// <summary>How many want media.</summary>
    public int Subscribers => _audience.Count;

    /// <summary>Whether any packet went out.</summary>
    public bool HasDelivered { get; private set; }

    /// <summary>Whether a new subscriber can be served from here without missing what it is promised.</summary>
    public bool CanJoin => source.IsLive || !HasDelivered || _ring.HoldsBeginning;

    /// <summary>Whether a source that waits for its subscribers may read on.</summary>
    public bool HasCredit => _audience.HasCredit;

    /// <summary>A file goes back to its beginning; the timeline goes on.</summary>
    public void Looped() => _timeline.Looped();

    /// <summary>Adds a subscriber.</summary>
    /// <param name="target">The subscriber; one that is there already under the same number is left as it is.</param>
    /// <param name="attachment">The number it chose.</param>
    /// <param name="open">Whether the source is open at present.</param>
    public void Add(IActorRef target, long attachment, bool open)
    {
        if (_audience.Add(target, attachment) is { } subscriber && open && !_lost)
        {
            Welcome(subscriber);
        }
    }

    /// <summary>Removes a subscriber; false when it was none.</summary>
    public bool Remove(IActorRef target) => _audience.Remove(target);

    /// <summary>Asks for <see cref="Audience.CreditReturned"/> to be told to the source; false when there is credit after all.</summary>
    public bool WaitForCredit() => _audience.WaitForCredit();

    /// <summary>The source is open with these streams, the first time or again.</summary>
    /// <param name="streams">Its streams.</param>
    /// <param name="isPaced">Whether a sender paces it by a clock of its own: not a recording on a server, nor what is pushed here.</param>
    public void Opened(IReadOnlyList<StreamInfo> streams, bool isPaced = true)
    {
        _timeline.FollowsArrival = isPaced && source.Kind is (SourceKind.Network or SourceKind.Device);
        var again = _tracks.Tracks.Count > 0;
        var change = _tracks.Update(streams);
        SetTimeline(streams);
        if (again)
        {
            _timeline.Reconnected();
            if (change is not null)
            {
                // Of changes that nobody was told, the last says all.
                _pending = new CaptureProtocol.TracksChanged(_tracks.Tracks, change);
            }

            foreach (var track in _tracks.Tracks)
            {
                _awaitingKey |= track.Parameters.Kind == MediaKind.Video ? 1UL << track.Id : 0;
            }
        }

        if (!_lost)
        {
            WelcomeNewcomers();
        }
    }

    /// <summary>The streams changed in mid-connection; the next packet is of the new ones.</summary>
    public void StreamsChanged(IReadOnlyList<StreamInfo> streams)
    {
        if (_tracks.Update(streams) is { } change)
        {
            // What is in the ring was made for the old parameters.
            _ring.Clear();
            var changed = new CaptureProtocol.TracksChanged(_tracks.Tracks, change);
            if (_lost)
            {
                _pending = changed;
            }
            else
            {
                _audience.TellOpened(changed);
            }
        }

        SetTimeline(streams);
    }

    /// <summary>The source is lost: subscribers are told once.</summary>
    /// <param name="now">The wall clock.</param>
    /// <param name="cause">Why, a sentence.</param>
    /// <param name="cut">Packets left out at the end of the connection.</param>
    public void Lost(DateTimeOffset now, string cause, int cut)
    {
        _cut += cut;
        if (!_lost)
        {
            _lost = true;
            _ring.Clear();
            _audience.TellOpened(new CaptureProtocol.SourceLost(_lastWall == 0 ? now : Wall(_lastWall), cause));
        }
    }

    /// <summary>Tells everyone who has not seen the source open.</summary>
    public void TellWaiting(CaptureProtocol.SourceMessage message) => _audience.TellWaiting(message);

    /// <summary>Tells one subscriber.</summary>
    public void Tell(IActorRef target, CaptureProtocol.SourceMessage message) => _audience.Tell(target, message);

    /// <summary>The last message of all: subscribers are told and forgotten.</summary>
    public void Finish(CaptureProtocol.SourceMessage message, DateTimeOffset now)
    {
        _audience.Finish(message, now);
        Clear();
    }

    /// <summary>Lets everything go.</summary>
    public void Clear()
    {
        _lead.Clear();
        _audience.Clear();
        _ring.Clear();
    }

    /// <summary>Puts the packet at <paramref name="index"/> of a batch on the timeline; keeps or leaves it out.</summary>
    /// <returns>Its times; null when it is no packet of a recorded track.</returns>
    public MediaStamp? Map(PacketBatch batch, int index, TimeSpan arrival, out SourceTrack? track)
    {
        var info = batch[index];
        var id = _tracks.TrackOf(info.Track);
        track = id < 0 ? null : _tracks.Find(id);
        if (id < 0)
        {
            return null;
        }

        var stamp = _timeline.Map(id, info.Pts, info.Dts, info.Duration, arrival);
        batch.SetTimestamps(index, id, stamp.Pts, stamp.Dts, stamp.Duration);
        var bit = 1UL << id;
        if (info.Corrupt)
        {
            _damage.Add(id, _timeline.LengthOf(id));
        }
        else if ((_awaitingKey & bit) == 0 || info.Key)
        {
            _awaitingKey &= ~bit;
            _kept.Add(index);
        }

        return stamp;
    }

    /// <summary>Sends a batch whose packets were mapped, and gives the caller's reference up.</summary>
    public void Send(PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        HoldLast(batch, now, wall, holds: false);
    }

    /// <summary>Sends all but the last packet, whose time has not come; begin the next batch with what is given back.</summary>
    /// <returns>The last packet; null when it is not one that is sent at all.</returns>
    public PacketBatch? SendButLast(PacketBatch batch, TimeSpan now, DateTimeOffset wall) => HoldLast(batch, now, wall, holds: true);

    private PacketBatch? HoldLast(PacketBatch batch, TimeSpan now, DateTimeOffset wall, bool holds)
    {
        var held = default(PacketBatch);
        if (holds && _kept is [.., var last] && last == batch.Count - 1)
        {
            held = PacketBatches.Slice(batch, last);
            _kept.RemoveAt(_kept.Count - 1);
        }

        SendKept(batch, now, wall);
        if (held is not null)
        {
            _kept.Add(0);
        }

        return held;
    }

    private void SendKept(PacketBatch batch, TimeSpan now, DateTimeOffset wall)
    {
        var sent = batch;
        if (_kept.Count < batch.Count)
        {
            sent = PacketBatch.Rent();
            foreach (var index in _kept)
            {
                sent.Append(batch, index);
            }

            batch.Release();
        }

        _kept.Clear();
        ReportDamage(wall);
        if (_mends.Take(_timeline.Mends, now) is { } mended)
        {
            _audience.TellOpened(mended);
        }

        if (sent.Count > 0)
        {
            Announce(sent);
            var (first, last) = Keys(sent);
            _ring.Add(sent, _tracks.Leading < 0 ? -1 : last, now);
            _audience.Precede(source.IsLive ? _lead.Take(sent, first, _tracks.Leading, now) : []);
            _audience.Offer(sent, first, now);
            HasDelivered = true;
            _lastWall = sent[sent.Count - 1].CaptureTimeUs;
        }

        sent.Release();
    }

    /// <summary>Counts a damaged piece that gave no packet.</summary>
    public void Damaged() => _damage.Add();

    /// <summary>Says how many packets were left out because they were damaged.</summary>
    public void ReportDamage(DateTimeOffset wall)
    {
        if (_damage.Take(_lastWall == 0 ? wall : Wall(_lastWall), wall) is { } dropped)
        {
            _audience.TellOpened(dropped);
        }
    }

    private static DateTimeOffset Wall(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);

    // After a loss: first that it is over, then what changed meanwhile, then the packets.
    private void Announce(PacketBatch batch)
    {
        if (_lost)
        {
            _lost = false;
            _audience.TellOpened(new CaptureProtocol.SourceRestored(Wall(_lastWall == 0 ? batch[0].CaptureTimeUs : _lastWall), Wall(batch[0].CaptureTimeUs), _cut));
            _cut = 0;
        }

        if (_pending is { } changed)
        {
            _pending = null;
            _audience.TellOpened(changed);
        }

        WelcomeNewcomers();
    }

    private void WelcomeNewcomers()
    {
        foreach (var subscriber in _audience.Newcomers)
        {
            Welcome(subscriber);
        }
    }

    private void Welcome(Subscriber subscriber)
    {
        subscriber.Opened = true;
        subscriber.AwaitsKey = source.IsLive && _tracks.Leading >= 0 && _ring.Batches.Count == 0;
        subscriber.Tell(new CaptureProtocol.SourceOpened(_tracks.Tracks));
        foreach (var batch in _ring.Batches)
        {
            subscriber.Send(batch.AddRef());
        }
    }

    private (int First, int Last) Keys(PacketBatch batch)
    {
        if (_tracks.Leading < 0)
        {
            return (0, 0);
        }

        var (first, last) = (-1, -1);
        for (var i = 0; i < batch.Count; i++)
        {
            var info = batch[i];
            if (info.Key && info.Track == _tracks.Leading)
            {
                (first, last) = (first < 0 ? i : first, i);
            }
        }

        return (first, last);
    }

    private void SetTimeline(IReadOnlyList<StreamInfo> streams)
    {
        foreach (var stream in streams)
        {
            if (_tracks.TrackOf(stream.Index) is >= 0 and var id && _tracks.Find(id) is { } track)
            {
                var frame = track.Description.FrameRate > 0
                    ? track.TimeBase.FromTimeSpan(TimeSpan.FromSeconds(1 / track.Description.FrameRate))
                    : track.TimeBase.FromTimeSpan(TimeSpan.FromMilliseconds(20));
                _timeline.SetTrack(id, stream.TimeBase, track.TimeBase, frame, stream.Parameters.ReorderedFrames);
            }
        }
    }
}
