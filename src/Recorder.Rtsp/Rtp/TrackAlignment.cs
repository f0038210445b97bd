namespace Recorder.Rtsp.Rtp;

/// <summary>Puts the timestamps of the tracks of one connection on one timeline that begins near zero. At first by the timestamps
/// that the server states for its beginning, or by arrival; then by the wall clock of the senders' reports, which a track approaches
/// slowly, so that no timestamp steps back. The first video track is followed and never moved. Reads no clock.</summary>
internal sealed class TrackAlignment
{
    // The part of the time passed by which a track may be moved meanwhile.
    private const double Slew = 0.03;

    // A difference of less than this is that of two clocks which were read one after the other.
    private static readonly TimeSpan Harmless = TimeSpan.FromMilliseconds(2);

    // What differs by more was not aligned at all.
    private static readonly TimeSpan Largest = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LargestOfStated = TimeSpan.FromSeconds(2);

    private Member? _leader;

    /// <summary>Adds a track, the one that others follow first.</summary>
    public Member Add(int clockRate, ReportedClock clock)
    {
        var member = new Member(this, clockRate, clock);
        _leader ??= member;
        return member;
    }

    /// <summary>The place of one track.</summary>
    internal sealed class Member(TrackAlignment all, int clockRate, ReportedClock clock)
    {
        private long _offset;
        private long _target;
        private long _last;
        private TimeSpan _firstArrival;
        private TimeSpan _lastArrival;
        private long _first;

        public bool IsStarted { get; private set; }

        /// <summary>The timestamp that the server states for the beginning; null if it states none.</summary>
        public uint? Beginning { get; set; }

        /// <summary>Converts an unwrapped RTP timestamp to one of the connection's timeline, in the same units.</summary>
        public long Place(long timestamp, TimeSpan arrival)
        {
            if (!IsStarted)
                Start(timestamp, arrival);
            else if (_offset != _target)
                Approach(timestamp);

            (_last, _lastArrival) = (Math.Max(_last, timestamp), arrival);
            return timestamp - _offset;
        }

        /// <summary>The timestamps have nothing to do with those before: what follows is placed by arrival.</summary>
        public void Resume(long timestamp, TimeSpan arrival)
        {
            if (!IsStarted)
                return;

            var place = _last - _offset + (long)((arrival - _lastArrival).TotalSeconds * clockRate);
            (_offset, _last) = (timestamp - place, timestamp);
            _target = _offset;
        }

        /// <summary>A report has arrived of this track or another one.</summary>
        public void Align()
        {
            if (IsStarted && Exact() is { } exact)
                Move(exact);
        }

        private void Start(long timestamp, TimeSpan arrival)
        {
            (IsStarted, _first, _firstArrival, _last) = (true, timestamp, arrival, timestamp);
            _offset = _target = timestamp;
            if (all._leader is not { IsStarted: true } leader || leader == this)
                return;

            var elapsed = (arrival - leader._firstArrival).TotalSeconds;
            _offset = timestamp - (long)(elapsed * clockRate);
            if (Stated(leader) is { } stated && Math.Abs(stated - _offset) <= LargestOfStated.TotalSeconds * clockRate)
                _offset = stated;

            _target = _offset = Exact() ?? _offset;
        }

        // The offset that the server's answer to PLAY means, where it states a timestamp for both tracks.
        private long? Stated(Member leader)
        {
            if (Beginning is not { } own || leader.Beginning is not { } others)
                return null;

            var before = Unwrapped.Next(leader._first, others) - leader._offset;
            return Unwrapped.Next(_first, own) - (long)(before * (double)clockRate / leader.ClockRate);
        }

        // The offset at which both tracks show the same moment of the wall clock at the same time.
        private long? Exact()
        {
            if (all._leader is not { IsStarted: true } leader || leader == this || !clock.IsKnown || !leader.Clock.IsKnown)
                return null;

            var wall = leader.Clock.WallClockUs(leader._last);
            var place = (leader._last - leader._offset) * (double)clockRate / leader.ClockRate;
            var offset = clock.TimestampOf(wall) - (long)Math.Round(place);
            // A wall clock of a track that is not that of the others says nothing.
            return Math.Abs(offset - _offset) > 10.0 * clockRate ? null : offset;
        }

        private void Move(long exact)
        {
            var difference = Math.Abs(exact - _offset);
            if (difference <= Harmless.TotalSeconds * clockRate)
                return;

            _target = exact;
            if (difference > Largest.TotalSeconds * clockRate)
                _offset = exact;
        }

        private void Approach(long timestamp)
        {
            var most = (long)(Math.Clamp(timestamp - _last, 0, clockRate) * Slew);
            _offset += Math.Clamp(_target - _offset, -most, most);
        }

        private int ClockRate => clockRate;
        private ReportedClock Clock => clock;
    }
}
