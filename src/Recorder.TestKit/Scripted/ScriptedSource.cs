using Recorder.Actors.Capture;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <summary>A camera that a spec controls. The source delivers media as the <see cref="VirtualClock"/> advances, and does what
/// the spec tells it: stall, lose its connection, mute, add, end or change tracks, fail, or end. Its media is real and can be
/// decoded.</summary>
/// <remarks>Create a source with <see cref="RecorderSpec.Source"/> or <see cref="RecorderWorld.Source"/>. Each method returns
/// after every actor has processed what follows from the call.</remarks>
/// <example>
/// <code>
/// var camera = Source("camera");
/// var recorder = CreateRecorder(camera);
/// recorder.Start();
/// Clock.Advance(TimeSpan.FromSeconds(2));
/// camera.Lose();
/// Clock.Advance(TimeSpan.FromSeconds(3));
/// camera.Restore();
/// </code>
/// </example>
public sealed partial class ScriptedSource
{
    // The timestamps of a real source rarely begin at zero.
    private static readonly TimeSpan TimelineStart = TimeSpan.FromSeconds(10);

    // Media time that a live source collects before it sends a batch.
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(40);

    private readonly RecorderWorld _world;
    private readonly List<TrackPlayer> _players = [];
    private readonly ScriptedSubscribers _subscribers;
    private readonly ScriptedTimestamps _timestamps = new();
    private bool _playing = true;

    internal ScriptedSource(RecorderWorld world, string name, string uri, IReadOnlyList<ScriptedTrack> tracks)
    {
        (_world, Name, Uri) = (world, name, SourceUri.Parse(uri));
        _subscribers = new ScriptedSubscribers(world.Order);
        foreach (var track in tracks)
            _players.Add(new TrackPlayer(track.Join(_players.Count)));

        Actor = world.Sys.ActorOf(Props.Create(() => new ScriptedSourceActor(this)), "source-" + name);
    }

    /// <summary>The name given by the spec.</summary>
    public string Name { get; }

    /// <summary>The URI by which recorders address the source.</summary>
    public SourceUri Uri { get; }

    /// <summary>The current tracks, without those that ended or were removed.</summary>
    public IReadOnlyList<ScriptedTrack> Tracks => [.. _players.Select(player => player.Track)];

    /// <summary>The first video track.</summary>
    public ScriptedTrack Video => Tracks.First(track => track.Kind == TrackKind.Video);

    /// <summary>The first audio track.</summary>
    public ScriptedTrack Audio => Tracks.First(track => track.Kind == TrackKind.Audio);

    /// <summary>The number of recorders that currently subscribe to the source's media.</summary>
    public int Subscribers => _subscribers.Count;

    /// <summary>Bytes of packets that recorders received and did not release yet.</summary>
    public long BytesUnderWay => _subscribers.BytesUnderWay;

    /// <summary>The number of packets delivered so far, by track id.</summary>
    public IReadOnlyDictionary<int, long> Delivered =>
        _players.ToDictionary(player => player.Track.Id, player => player.Delivered);

    internal IActorRef Actor { get; private set; }

    internal TimeSpan? NextDue => _playing && _subscribers.Count > 0
        ? new TimeSpan(((_world.Clock.Elapsed.Ticks / BatchInterval.Ticks) + 1) * BatchInterval.Ticks)
        : null;

    /// <summary>Delivers media with the clock again, beginning with a key frame. Ends <see cref="Stall"/>.</summary>
    public void Play()
    {
        _playing = true;
        RequestKeyFrame();
    }

    /// <summary>Stops delivering media without telling anybody, as a camera that hangs.</summary>
    public void Stall() => _playing = false;

    /// <summary>Delivers packets immediately, without advancing the clock.</summary>
    /// <param name="frames">How many packets of the first video track (of the first track when there is no video). Packets of
    /// the other tracks for the same media time are delivered with them.</param>
    public void Emit(int frames)
    {
        if (_players.Count > 0)
        {
            var leader = _players.Find(player => player.Track.Kind == TrackKind.Video) ?? _players[0];
            DeliverUntil(leader.EndOf(leader.Next + frames - 1));
        }

        _world.Settle();
    }

    /// <summary>Delivers one packet with a given media time immediately.</summary>
    /// <param name="track">The packet's track.</param>
    /// <param name="at">The packet's media time, counted from the beginning of the source.</param>
    /// <param name="key">Whether the packet is a key frame.</param>
    /// <param name="data">The packet's bytes, for example damaged ones; null means real media.</param>
    public void EmitPacket(ScriptedTrack track, TimeSpan at, bool key = true, byte[]? data = null)
    {
        var batch = PacketBatch.Rent();
        Find(track).Add(batch, track.Media.TimeBase.FromTimeSpan(at + TimelineStart), key, _world.Clock.GetUtcNow(), data);
        _subscribers.Deliver(batch, Actor);
        _world.Settle();
    }

    /// <inheritdoc />
    public override string ToString() => Name;

    internal void Follow(VirtualClock clock)
    {
        _players.ForEach(player => player.SkipTo(clock.Elapsed));
        clock.Drive(this);
    }

    internal void DeliverDue(TimeSpan now)
    {
        if (_playing && _subscribers.HasOpen)
            DeliverUntil(now);
        else
            _players.ForEach(player => player.SkipTo(now));
    }

    internal void OnRequest(IRequest request, IActorRef sender)
    {
        switch (request)
        {
            case CaptureProtocol.Describe:
                _subscribers.Watch(sender);
                sender.Tell(Known(), Actor);
                break;
            case Attach attach:
                var subscriber = _subscribers.Attach(sender, attach.Attachment);
                if (_opens)
                    Open(subscriber);

                break;
            case Detach:
                _subscribers.Detach(sender);
                break;
        }
    }

    private void DeliverUntil(TimeSpan end)
    {
        var batch = PacketBatch.Rent();
        while (_players.Where(player => player.EndOf(player.Next) <= end).MinBy(player => player.EndOf(player.Next)) is { } next)
            next.AddNext(batch, TimelineStart, _world.Clock.GetUtcNow());

        if (_timestamps.Map(batch, _world.Clock.Elapsed) is { } corrected)
            _subscribers.Send(corrected, Actor);

        _subscribers.Deliver(batch, Actor);
    }

    private void RequestKeyFrame() => _players.ForEach(player => player.NeedsKey = true);

    private void Tell(SourceMessage message)
    {
        _subscribers.Send(message, Actor);
        _world.Settle();
    }
}
