using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <summary>
/// A capture source in the spec's hand. It plays with the world's clock, as a camera does whether or not anybody looks, and does what
/// the spec tells it to: stall, lose the connection, mute, add, end or change tracks, fail, end. Its media is real and can be decoded.
/// </summary>
public sealed partial class ScriptedSource
{
    // Sources have no reason to begin at zero, and most do not.
    private static readonly TimeSpan TimelineStart = TimeSpan.FromSeconds(10);

    // How much a live source gathers before it sends a batch.
    private static readonly TimeSpan Grid = TimeSpan.FromMilliseconds(40);

    private readonly RecorderWorld _world;
    private readonly List<Reel> _reels = [];
    private readonly List<IActorRef> _watchers = [];
    private readonly List<Subscriber> _subscribers = [];
    private bool _opens = true;
    private bool _ended;
    private bool _playing = true;
    private MediaError? _refusal;
    private DateTimeOffset? _lostAt;
    private long _underWay;

    internal ScriptedSource(RecorderWorld world, string name, string uri, IReadOnlyList<ScriptedTrack> tracks)
    {
        (_world, Name, Uri) = (world, name, SourceUri.Parse(uri));
        foreach (var track in tracks)
        {
            _reels.Add(new Reel(track.Join(_reels.Count)));
        }

        Actor = world.Sys.ActorOf(Props.Create(() => new ScriptedSourceActor(this)), "source-" + name);
    }

    /// <summary>Its name in the spec.</summary>
    public string Name { get; }

    /// <summary>What recorders know it by.</summary>
    public SourceUri Uri { get; }

    /// <summary>Its tracks, those that have ended or were removed left out.</summary>
    public IReadOnlyList<ScriptedTrack> Tracks => [.. _reels.Select(reel => reel.Track)];

    /// <summary>The first video track.</summary>
    public ScriptedTrack Video => Tracks.First(track => track.Kind == TrackKind.Video);

    /// <summary>The first audio track.</summary>
    public ScriptedTrack Audio => Tracks.First(track => track.Kind == TrackKind.Audio);

    /// <summary>Recorders that want its media now.</summary>
    public int Subscribers => _subscribers.Count;

    /// <summary>Bytes of packets that recorders have got and not given back.</summary>
    public long BytesUnderWay => Interlocked.Read(ref _underWay);

    /// <summary>Packets delivered so far, by track.</summary>
    public IReadOnlyDictionary<int, long> Delivered => _reels.ToDictionary(reel => reel.Track.Id, reel => reel.Delivered);

    internal IActorRef Actor { get; private set; }

    internal TimeSpan? NextDue => _playing && _subscribers.Count > 0
        ? new TimeSpan(((_world.Clock.Elapsed.Ticks / Grid.Ticks) + 1) * Grid.Ticks)
        : null;

    /// <summary>Delivers with the clock again, beginning with a key frame.</summary>
    public void Play()
    {
        _playing = true;
        AskForKeyFrame();
    }

    /// <summary>Delivers nothing more and says nothing of it.</summary>
    public void Stall() => _playing = false;

    /// <summary>Delivers this many packets of its first video track (or of its first) and what belongs to them, now, without the clock.</summary>
    /// <param name="frames">How many.</param>
    public void Emit(int frames)
    {
        if (_reels.Count > 0)
        {
            var leader = _reels.Find(reel => reel.Track.Kind == TrackKind.Video) ?? _reels[0];
            DeliverUntil(leader.EndOf(leader.Next + frames - 1));
        }

        _world.Settle();
    }

    /// <summary>Delivers one packet at a media time of the spec's choice.</summary>
    /// <param name="track">Its track.</param>
    /// <param name="at">Its time, counted from the source's beginning.</param>
    /// <param name="key">Whether decoding can begin at it.</param>
    /// <param name="data">Its bytes, for a packet that came damaged; null: real media.</param>
    public void EmitPacket(ScriptedTrack track, TimeSpan at, bool key = true, byte[]? data = null)
    {
        var batch = PacketBatch.Rent();
        Find(track).Add(batch, track.Media.TimeBase.FromTimeSpan(at + TimelineStart), key, _world.Clock.GetUtcNow(), data);
        Deliver(batch);
        _world.Settle();
    }

    /// <summary>Cannot be opened from now on: recorders that want it hear why, and wait.</summary>
    /// <param name="cause">One sentence.</param>
    public void RefuseConnection(string cause)
    {
        _opens = false;
        Tell(new SourceConnecting(1, cause, TimeSpan.FromSeconds(1)));
    }

    /// <summary>Can be opened after all: recorders that wait go on.</summary>
    public void AllowConnection()
    {
        _opens = true;
        using (_world.Order.Gather())
        {
            Describe();
            foreach (var subscriber in _subscribers.Where(subscriber => !subscriber.IsOpen))
            {
                Open(subscriber);
            }
        }

        _world.Settle();
    }

    /// <summary>The connection breaks: no media, and recorders are told.</summary>
    /// <param name="cause">One sentence.</param>
    public void Lose(string cause = "The connection was lost.")
    {
        (_playing, _lostAt) = (false, _world.Clock.GetUtcNow());
        Tell(new SourceLost(_lostAt.Value, cause));
    }

    /// <summary>The connection is back: media again, on the same timeline, from a key frame on.</summary>
    public void Restore()
    {
        var lostAt = _lostAt ?? throw new InvalidOperationException($"{Name} was not lost.");
        _lostAt = null;
        Play();
        Tell(new SourceRestored(lostAt, _world.Clock.GetUtcNow()));
    }

    /// <summary>A track has no signal, or was disabled; its packets still come.</summary>
    public void Mute(ScriptedTrack track) => Tell(new TrackMuted(Find(track).Track.Id, Muted: true));

    /// <summary>A track has its signal back.</summary>
    public void Unmute(ScriptedTrack track)
    {
        AskForKeyFrame();
        Tell(new TrackMuted(Find(track).Track.Id, Muted: false));
    }

    /// <summary>A program adds a track to the stream.</summary>
    public void Add(ScriptedTrack track)
    {
        Join(track);
        TellChanged(new TrackAdded(track.Described));
    }

    /// <summary>The media itself has a track more, as of a camera whose microphone is switched on: no program added it.</summary>
    public void Appear(ScriptedTrack track)
    {
        Join(track);
        TellChanged(new TracksChanged(Describe(_reels), $"Track {track.Id} ({track.Described.Parameters}) began to be sent."));
    }

    /// <summary>A track is no longer sent: no program took it away.</summary>
    public void Vanish(ScriptedTrack track)
    {
        _reels.Remove(Find(track));
        TellChanged(new TracksChanged(Describe(_reels), $"Track {track.Id} ({track.Described.Parameters}) is no longer sent."));
    }

    /// <summary>A program takes a track from the stream.</summary>
    public void Remove(ScriptedTrack track)
    {
        _reels.Remove(Find(track));
        TellChanged(new TrackRemoved(track.Id));
    }

    /// <summary>A track ends by itself; the others go on. With the last, the source ends.</summary>
    public void EndTrack(ScriptedTrack track)
    {
        _reels.Remove(Find(track));
        TellChanged(new TrackEnded(track.Id));
        if (_reels.Count == 0)
        {
            End();
        }
    }

    /// <summary>The picture's size changes; following packets are of the new one.</summary>
    /// <param name="track">A video track.</param>
    /// <param name="width">Pixels, even.</param>
    /// <param name="height">Pixels, even.</param>
    /// <returns>The track as it is now.</returns>
    public ScriptedTrack Resize(ScriptedTrack track, int width, int height) =>
        Change(track, ScriptedMedia.Video(track.Codec, width, height));

    /// <summary>The codec changes; following packets are of the new one.</summary>
    /// <param name="track">The track.</param>
    /// <param name="codec">FFmpeg's name.</param>
    /// <returns>The track as it is now.</returns>
    public ScriptedTrack Recode(ScriptedTrack track, string codec) =>
        Change(track, track.Kind == TrackKind.Video ? ScriptedMedia.Video(codec) : ScriptedMedia.Audio(codec));

    /// <summary>All tracks end.</summary>
    public void End()
    {
        (_ended, _playing) = (true, false);
        Tell(new SourceEnded("The source ended."));
        Describe();
    }

    /// <summary>Cannot be captured any more and is not tried again.</summary>
    /// <param name="name">The error that recorders raise.</param>
    /// <param name="message">One sentence.</param>
    public void Fail(ErrorName name, string message)
    {
        _playing = false;
        Tell(new SourceFailed(new MediaError(name, message)));
    }

    /// <summary>Nobody may use it: attempts to begin are refused, and those under way end, with a SecurityError.</summary>
    /// <param name="message">One sentence.</param>
    public void Forbid(string message = "Access to the source is not allowed.")
    {
        _refusal = new MediaError(ErrorName.SecurityError, message);
        Describe();
        Fail(ErrorName.SecurityError, message);
    }

    /// <summary>The actor that captures it dies without a word.</summary>
    public void Crash()
    {
        _playing = false;
        _world.Sys.Stop(Actor);
        _world.Settle();
        _subscribers.Clear();
        _watchers.Clear();
        Actor = _world.Sys.ActorOf(Props.Create(() => new ScriptedSourceActor(this)));
    }

    /// <summary>Packets were left out for one recorder, which goes on with a key frame; or they came damaged.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="packets">How many.</param>
    /// <param name="lasting">How long.</param>
    public void Drop(GapCause cause, long packets, TimeSpan lasting)
    {
        if (cause == GapCause.RecorderOverrun)
        {
            AskForKeyFrame();
        }

        Tell(new MediaDropped(cause, packets, _world.Clock.GetUtcNow() - lasting, _world.Clock.GetUtcNow()));
    }

    /// <summary>Damaged packets were left out that were this much media, whenever they came.</summary>
    /// <param name="packets">How many.</param>
    /// <param name="missing">How much media.</param>
    public void Damage(long packets, TimeSpan missing)
    {
        var now = _world.Clock.GetUtcNow();
        Tell(new MediaDropped(GapCause.Corrupt, packets, now - TimeSpan.FromSeconds(6), now) { Missing = missing });
    }

    /// <inheritdoc />
    public override string ToString() => Name;

    internal void Follow(VirtualClock clock)
    {
        _reels.ForEach(reel => reel.SkipTo(clock.Elapsed));
        clock.Drive(this);
    }

    internal void DeliverDue(TimeSpan now)
    {
        if (_playing && _subscribers.Exists(subscriber => subscriber.IsOpen))
        {
            DeliverUntil(now);
        }
        else
        {
            _reels.ForEach(reel => reel.SkipTo(now));
        }
    }

    internal void OnRequest(IRequest request, IActorRef sender)
    {
        switch (request)
        {
            case CaptureProtocol.Describe:
                _watchers.Add(sender);
                sender.Tell(Known(), Actor);
                break;
            case Attach attach:
                _subscribers.RemoveAll(gone => gone.Target.Equals(sender));
                var subscriber = new Subscriber(sender, attach.Attachment);
                _subscribers.Add(subscriber);
                if (_opens)
                {
                    Open(subscriber);
                }

                break;
            case Detach:
                _watchers.RemoveAll(watcher => watcher.Equals(sender));
                _subscribers.RemoveAll(gone => gone.Target.Equals(sender));
                break;
            default:
                break;
        }
    }

    private void Join(ScriptedTrack track)
    {
        var reel = new Reel(track.Join(_reels.Count == 0 ? 0 : _reels.Max(other => other.Track.Id) + 1));
        reel.SkipTo(_world.Clock.Elapsed);
        _reels.Add(reel);
    }

    private Described Known() => new(_opens ? Describe(_reels) : null, _ended, _refusal);

    private static IReadOnlyList<SourceTrack> Describe(IEnumerable<Reel> reels) => [.. reels.Select(reel => reel.Track.Described)];

    private void Describe()
    {
        using var together = _world.Order.Gather();
        _watchers.ForEach(watcher => watcher.Tell(Known(), Actor));
    }

    private void Open(Subscriber subscriber)
    {
        subscriber.IsOpen = true;
        AskForKeyFrame();
        subscriber.Tell(
            _refusal is { } refusal ? new SourceFailed(refusal) : _ended ? new SourceEnded("The source has ended.") : new SourceOpened(Describe(_reels)),
            Actor);
    }

    private ScriptedTrack Change(ScriptedTrack track, ScriptedMedia media)
    {
        var reel = Find(track);
        reel.Track = track.With(media);
        reel.NeedsKey = true;
        TellChanged(new TrackChanged(reel.Track.Described));
        return reel.Track;
    }

    private void AskForKeyFrame() => _reels.ForEach(reel => reel.NeedsKey = true);

    private Reel Find(ScriptedTrack track) =>
        _reels.Find(reel => reel.Track == track) ?? throw new InvalidOperationException($"{Name} has no such track, or no longer.");

    private void TellChanged(SourceMessage message)
    {
        Describe();
        Tell(message);
    }

    private void Tell(SourceMessage message)
    {
        Send(message);
        _world.Settle();
    }

    private void Send(SourceMessage message)
    {
        using var together = _world.Order.Gather();
        foreach (var subscriber in _subscribers.Where(subscriber => subscriber.IsOpen || message is SourceConnecting or SourceFailed or SourceEnded))
        {
            subscriber.Tell(message, Actor);
        }
    }

    private void DeliverUntil(TimeSpan end)
    {
        var batch = PacketBatch.Rent();
        while (_reels.Where(reel => reel.EndOf(reel.Next) <= end).MinBy(reel => reel.EndOf(reel.Next)) is { } next)
        {
            next.AddNext(batch, TimelineStart, _world.Clock.GetUtcNow());
        }

        Judge(batch);
        Deliver(batch);
    }

    private void Deliver(PacketBatch batch)
    {
        if (batch.Count > 0)
        {
            using var together = _world.Order.Gather();
            foreach (var subscriber in _subscribers.Where(subscriber => subscriber.IsOpen))
            {
                Interlocked.Add(ref _underWay, batch.Bytes);
                subscriber.Target.Tell(
                    new MediaArrived(batch.AddRef(), bytes => Interlocked.Add(ref _underWay, -bytes), subscriber.Attachment), Actor);
            }
        }

        batch.Release();
    }

    private sealed class Subscriber(IActorRef target, long attachment)
    {
        public IActorRef Target => target;

        public long Attachment => attachment;

        public bool IsOpen { get; set; }

        public void Tell(SourceMessage message, IActorRef source) => target.Tell(message with { Attachment = attachment }, source);
    }

    /// <summary>One track and how far it has been played.</summary>
    private sealed class Reel(ScriptedTrack track)
    {
        private long _sinceKey;

        public ScriptedTrack Track { get; set; } = track;

        public long Next { get; private set; }

        public long Delivered { get; private set; }

        public bool NeedsKey { get; set; } = true;

        /// <summary>When packet <paramref name="number"/> is complete, counted from the source's beginning.</summary>
        public TimeSpan EndOf(long number) => Track.Media.TimeBase.ToTimeSpan((number + 1) * Track.PacketDuration);

        public void SkipTo(TimeSpan time)
        {
            if (EndOf(Next) <= time)
            {
                Next = Track.Media.TimeBase.FromTimeSpan(time) / Track.PacketDuration;
                NeedsKey = true;
            }
        }

        public void AddNext(PacketBatch batch, TimeSpan start, DateTimeOffset capturedAt)
        {
            var key = NeedsKey || _sinceKey >= Track.KeyFrameEvery;
            Add(batch, Track.Media.TimeBase.FromTimeSpan(start) + (Next * Track.PacketDuration), key, capturedAt);
            Next++;
        }

        public void Add(PacketBatch batch, long pts, bool key, DateTimeOffset capturedAt, byte[]? data = null)
        {
            var packets = Track.Media.Packets;
            data ??= packets[(int)(Delivered % packets.Count)];
            batch.Add(data, Track.Id, pts, pts, Track.PacketDuration, key, capturedAt);
            (NeedsKey, _sinceKey) = (false, key ? 1 : _sinceKey + 1);
            Delivered++;
        }
    }
}

/// <summary>The source's mailbox.</summary>
internal sealed class ScriptedSourceActor : ReceiveActor
{
    public ScriptedSourceActor(ScriptedSource source) => Receive<IRequest>(request => source.OnRequest(request, Sender));
}

/// <summary>Stands where a node has its capture sources: hands each request to the scripted source of that URI.</summary>
internal sealed class ScriptedSourcesActor : ReceiveActor
{
    public ScriptedSourcesActor(IReadOnlyDictionary<string, ScriptedSource> sources) =>
        Receive<IRequest>(request =>
        {
            if (sources.TryGetValue(request.Source.Key, out var source))
            {
                source.Actor.Forward(request);
            }
            else if (request is Attach attach)
            {
                Sender.Tell(new SourceFailed(new MediaError(
                    ErrorName.UnknownError, $"{request.Source} is no source of this world; make it with Source(…) first."))
                {
                    Attachment = attach.Attachment,
                });
            }
        });
}
