using Recorder.Actors.Capture;

namespace Recorder.Testing;

/// <summary>Makes the timestamps of a scripted source wrong on request, and maps them onto the timeline that a real source
/// has.</summary>
internal sealed class ScriptedTimestamps
{
    private readonly Dictionary<int, Counter> _counters = [];
    private readonly TimestampReport _report = new();
    private SourceTimeline? _timeline;

    /// <summary>Maps timestamps by the time of arrival from now on.</summary>
    public void Judge(IEnumerable<ScriptedTrack> tracks)
    {
        _timeline = new SourceTimeline(live: true);
        foreach (var track in tracks)
            _timeline.SetTrack(track.Id, track.Media.TimeBase, track.Media.TimeBase, track.PacketDuration);
    }

    public void Jump(ScriptedTrack track, TimeSpan by) => CounterOf(track.Id).Jump += track.Media.TimeBase.FromTimeSpan(by);

    public void SetRate(ScriptedTrack track, double rate) => CounterOf(track.Id).Rate = rate;

    /// <summary>Replaces the timestamps of a batch by the mapped ones. Does nothing before <see cref="Judge"/>.</summary>
    public CaptureProtocol.SourceMessage? Map(PacketBatch batch, TimeSpan now)
    {
        if (_timeline is null)
            return null;

        for (var index = 0; index < batch.Count; index++)
        {
            var packet = batch[index];
            var sent = CounterOf(packet.Track).Next(packet.Pts);
            var stamp = _timeline.Map(packet.Track, sent, sent, packet.Duration, now);
            batch.SetTimestamps(index, packet.Track, stamp.Pts, stamp.Dts, stamp.Duration);
        }

        return _report.Take(_timeline.Corrections, now);
    }

    private Counter CounterOf(int track) =>
        _counters.TryGetValue(track, out var counter) ? counter : _counters[track] = new Counter();

    private sealed class Counter
    {
        private double _sent;
        private long? _last;

        public double Rate { get; set; } = 1;
        public long Jump { get; set; }

        /// <summary>The timestamp that the track sends instead of the right one.</summary>
        public long Next(long time)
        {
            _sent = _last is { } last ? _sent + ((time - last) * Rate) + Jump : time + Jump;
            (_last, Jump) = (time, 0);
            return (long)Math.Round(_sent);
        }
    }
}
