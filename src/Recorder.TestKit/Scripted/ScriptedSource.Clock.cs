using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Testing;

// Timestamps that lie, and the timeline that every real source has and a scripted one has when it is asked for.
public sealed partial class ScriptedSource
{
    private readonly Dictionary<int, Counter> _counters = [];
    private readonly TimestampReport _mends = new();
    private SourceTimeline? _timeline;

    /// <summary>
    /// Its timestamps are judged by the time of their arrival, as those of a real source are, from its next packet on. Ask for it before the
    /// first, and deliver with the clock.
    /// </summary>
    public void JudgeTimestamps()
    {
        _timeline = new SourceTimeline(live: true);
        foreach (var track in Tracks)
        {
            _timeline.SetTrack(track.Id, track.Media.TimeBase, track.Media.TimeBase, track.PacketDuration);
        }
    }

    /// <summary>Its clock is set: the timestamps of all tracks jump.</summary>
    /// <param name="by">Forward, or back below 0.</param>
    public void SetClock(TimeSpan by)
    {
        foreach (var track in Tracks)
        {
            CounterOf(track.Id).Jump += track.Media.TimeBase.FromTimeSpan(by);
        }
    }

    /// <summary>A track's timestamps run at another rate from here on.</summary>
    /// <param name="track">The track.</param>
    /// <param name="rate">Seconds that its timestamps count in one: 1 is right.</param>
    public void SetRate(ScriptedTrack track, double rate) => CounterOf(track.Id).Rate = rate;

    private Counter CounterOf(int track) =>
        _counters.TryGetValue(track, out var counter) ? counter : _counters[track] = new Counter();

    private void Judge(PacketBatch batch)
    {
        if (_timeline is null)
        {
            return;
        }

        var now = _world.Clock.Elapsed;
        for (var index = 0; index < batch.Count; index++)
        {
            var packet = batch[index];
            var said = CounterOf(packet.Track).Say(packet.Pts);
            var stamp = _timeline.Map(packet.Track, said, said, packet.Duration, now);
            batch.SetTimestamps(index, packet.Track, stamp.Pts, stamp.Dts, stamp.Duration);
        }

        if (_mends.Take(_timeline.Corrections, now) is { } mended)
        {
            Send(mended);
        }
    }

    /// <summary>What counts a track's timestamps.</summary>
    private sealed class Counter
    {
        private double _said;
        private long? _last;

        public double Rate { get; set; } = 1;

        public long Jump { get; set; }

        public long Say(long time)
        {
            _said = _last is { } last ? _said + ((time - last) * Rate) + Jump : time + Jump;
            (_last, Jump) = (time, 0);
            return (long)Math.Round(_said);
        }
    }
}
