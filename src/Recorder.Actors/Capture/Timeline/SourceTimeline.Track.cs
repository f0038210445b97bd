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
        private bool _entered;
        private double _corrected;
        private long _correction;

        public int Id { get; } = id;

        public Rational Outgoing { get; } = outgoing;

        public Rational Incoming { get; set; }

        public bool SameBase { get; set; }

        /// <summary>A step of more than this against what was expected is looked at, in incoming units.</summary>
        public long Step { get; set; }

        /// <summary><see cref="JumpLimit"/> in incoming units.</summary>
        public long Limit { get; set; }

        public long Frame { get; set; }

        public long Wrap { get; set; }

        public long Reorder { get; set; }

        public bool Fresh { get; set; } = true;

        public bool Looped { get; private set; }

        public bool Started { get; private set; }

        /// <summary>Packets of this connection, as far as two.</summary>
        public int Count { get; private set; }

        /// <summary>Steps back shortly after one another, and the last one's place.</summary>
        public (int Count, long At) Backs { get; set; }

        public TrackPace Pace { get; } = new();

        public Epoch Epoch { get; private set; } = new(0);

        public long NextIn { get; private set; }

        public long LastIn { get; private set; }

        public long LastOut { get; private set; }

        public TimeSpan LastArrival { get; private set; }

        public long LastOutTicks => Outgoing.Rescale(LastOut, Ticks);

        public long DurationTicks => Outgoing.Rescale(_duration, Ticks);

        public long EndTicks => Outgoing.Rescale(_latestEnd, Ticks);

        /// <summary>Where the next packet is expected.</summary>
        public long FollowsTicks => LastOutTicks + DurationTicks;

        public long CorrectionTicks => _correction == 0 ? 0 : Outgoing.Rescale(_correction, Ticks);

        private long _duration;
        private long _latestEnd = long.MinValue;

        // Where nothing says when the first packet of a connection is (RTSP before the first report), it is at its beginning.
        public void Restart()
        {
            (Looped, Fresh, Wrap, NextIn, Count, Backs) = (Looped || !Fresh, true, 0, 0, 0, default);
            (_corrected, _correction) = (0, 0);
            Pace.Restart();
        }

        public void Enter(Epoch epoch)
        {
            Epoch = epoch;
            _offset = Ticks.Rescale(epoch.Offset, Outgoing);
            _entered = true;
        }

        public long InTicks(long value) => Incoming.Rescale(value, Ticks);

        public long Out(long value) => (SameBase ? value : Incoming.Rescale(value, Outgoing)) + _offset + _correction;

        /// <summary>Its timestamps are later by this much from here on.</summary>
        public void Correct(long ticks)
        {
            _corrected += Ticks.Rescale(ticks, Outgoing);
            _correction = (long)Math.Round(_corrected);
        }

        /// <summary>Goes on with a mend.</summary>
        public void Stretch(long decode)
        {
            var step = decode - LastIn;
            // A jump is no time that passed.
            if (step > 0 && step < Limit && !_entered)
            {
                _corrected += step * Pace.Velocity * (SameBase ? 1 : Incoming.Value / Outgoing.Value);
                _correction = (long)Math.Round(_corrected);
            }
        }

        public void Advance(long decode, long outDts, long outPts, long inDuration, long outDuration, TimeSpan arrival)
        {
            // Without a stated duration the last step is the best guess, else the nominal frame.
            var step = Started && outDts > LastOut && outDts - LastOut < Frame * 100 ? outDts - LastOut : Frame;
            _duration = outDuration > 0 ? outDuration : step;
            NextIn = decode + (inDuration > 0 ? inDuration : SameBase ? _duration : Outgoing.Rescale(_duration, Incoming));
            LastIn = decode;
            LastOut = outDts;
            LastArrival = arrival;
            _latestEnd = Math.Max(_latestEnd, outPts + _duration);
            (Started, _entered) = (true, false);
            Count = Count == 0 ? 1 : 2;
        }
    }
}
