using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>What is remembered of each track.</summary>
internal sealed partial class SourceTimeline
{
    /// <summary>An offset that tracks share, in ticks of 100 ns.</summary>
    private sealed record Epoch(long Offset);

    private sealed class Track(int id, Rational outgoing)
    {
        private long _offset;

        public int Id { get; } = id;

        public Rational Outgoing { get; } = outgoing;

        public Rational Incoming { get; set; }

        public bool SameBase { get; set; }

        public long Limit { get; set; }

        public long Frame { get; set; }

        public long Wrap { get; set; }

        public long Reorder { get; set; }

        public bool Fresh { get; set; } = true;

        public bool Looped { get; private set; }

        public bool Started { get; private set; }

        public Epoch Epoch { get; private set; } = new(0);

        public long NextIn { get; private set; }

        public long LastOut { get; private set; }

        public TimeSpan LastArrival { get; private set; }

        public long LastOutTicks => Outgoing.Rescale(LastOut, Ticks);

        public long DurationTicks => Outgoing.Rescale(_duration, Ticks);

        public long EndTicks => Outgoing.Rescale(_latestEnd, Ticks);

        private long _duration;
        private long _latestEnd = long.MinValue;

        // Where nothing says when the first packet of a connection is (RTSP before the first report), it is at its beginning.
        public void Restart() => (Looped, Fresh, Wrap, NextIn) = (Looped || !Fresh, true, 0, 0);

        public void Enter(Epoch epoch)
        {
            Epoch = epoch;
            _offset = Ticks.Rescale(epoch.Offset, Outgoing);
        }

        public long InTicks(long value) => Incoming.Rescale(value, Ticks);

        public long Out(long value) => (SameBase ? value : Incoming.Rescale(value, Outgoing)) + _offset;

        public void Advance(long decode, long outDts, long outPts, long inDuration, long outDuration, TimeSpan arrival)
        {
            // Without a stated duration the last step is the best guess, else the nominal frame.
            var step = Started && outDts > LastOut && outDts - LastOut < Frame * 100 ? outDts - LastOut : Frame;
            _duration = outDuration > 0 ? outDuration : step;
            NextIn = decode + (inDuration > 0 ? inDuration : SameBase ? _duration : Outgoing.Rescale(_duration, Incoming));
            LastOut = outDts;
            LastArrival = arrival;
            _latestEnd = Math.Max(_latestEnd, outPts + _duration);
            Started = true;
        }
    }
}
