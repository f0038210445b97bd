using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>An offset from source time to timeline time that tracks share, in ticks of 100 ns.</summary>
internal sealed record SharedOffset(long Ticks);

/// <summary>Where the timestamps of one track stand and how they are converted. Reads no clock.</summary>
internal sealed class TimelineTrack
{
    private static readonly Rational Ticks = new(1, (int)TimeSpan.TicksPerSecond);

    private long _offset;
    private bool _hasNewOffset;
    private double _exactCorrection;
    private long _correction;
    private long _duration;
    private long _latestEnd = long.MinValue;
    private long _lastOut;
    private long _frame;
    private long _reorder;
    private bool _isSameBase;
    private int _packets;

    public TimelineTrack(int id, Rational outgoing)
    {
        (Id, Outgoing) = (id, outgoing);
        Drift = new DriftCorrection(Lateness);
    }

    public int Id { get; }
    public Rational Outgoing { get; }
    public Rational Incoming { get; private set; }

    /// <summary>A step of more than this from the expected time is looked at, in incoming units.</summary>
    public long SuspiciousStep { get; private set; }

    /// <summary><see cref="SourceTimeline.JumpLimit"/> in incoming units.</summary>
    public long JumpLimit { get; private set; }

    /// <summary>What is added to undo wraps of the source's counter, in incoming units.</summary>
    public long Wrap { get; set; }

    /// <summary>Whether this connection has sent no packet of the track yet.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>Whether an earlier connection, or an earlier play of the file, sent packets of the track.</summary>
    public bool IsRepeated { get; private set; }

    public bool IsStarted { get; private set; }
    public bool HasOnePacket => _packets == 1;
    public bool HasManyPackets => _packets == 2;

    /// <summary>Backward steps shortly after one another, and the place of the last one.</summary>
    public (int Count, long At) BackwardSteps { get; set; }

    public LatenessMeter Lateness { get; } = new();
    public DriftCorrection Drift { get; }

    /// <summary>Whether an impossibly early timestamp can be detected yet.</summary>
    public bool CanDetectEarlyPackets => !Drift.IsIncomparable && Lateness.CanDetectEarlyPackets;

    public bool IsPunctual => !Drift.IsCorrecting && Lateness.IsHealthy;
    public SharedOffset Offset { get; private set; } = new(0);

    /// <summary>The decode time expected next, in incoming units.</summary>
    public long NextIn { get; private set; }

    public long LastIn { get; private set; }
    public TimeSpan LastArrival { get; private set; }
    public long LastOutTicks => Outgoing.Rescale(_lastOut, Ticks);
    public long DurationTicks => Outgoing.Rescale(_duration, Ticks);
    public long EndTicks => Outgoing.Rescale(_latestEnd, Ticks);

    /// <summary>Place on the timeline where the next packet is expected.</summary>
    public long NextTicks => LastOutTicks + DurationTicks;

    public long CorrectionTicks => _correction == 0 ? 0 : Outgoing.Rescale(_correction, Ticks);

    /// <summary>The frame is in the outgoing time base; reorder is how many frames are decoded before they are shown.</summary>
    public void Define(Rational incoming, long frame, int reorder, TimeSpan jumpLimit, TimeSpan suspicious)
    {
        Incoming = incoming;
        _isSameBase = incoming == Outgoing;
        JumpLimit = incoming.FromTimeSpan(jumpLimit);
        SuspiciousStep = incoming.FromTimeSpan(suspicious);
        _frame = Math.Max(1, frame);
        _reorder = reorder * (_isSameBase ? frame : Outgoing.Rescale(frame, incoming));
        Lateness.Frame = Math.Clamp(Outgoing.Rescale(_frame, Ticks), 40 * TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond);
    }

    public void Restart()
    {
        // A first packet without timestamps (RTSP before the first report) is taken to be at the beginning of the connection.
        (IsRepeated, IsFresh, Wrap, NextIn, _packets, BackwardSteps) = (IsRepeated || !IsFresh, true, 0, 0, 0, default);
        (_exactCorrection, _correction) = (0, 0);
        Lateness.Restart();
        Drift.Restart();
    }

    public void RelearnLateness()
    {
        Lateness.Relearn();
        Drift.Restart();
    }

    public void Use(SharedOffset offset)
    {
        Offset = offset;
        _offset = Ticks.Rescale(offset.Ticks, Outgoing);
        _hasNewOffset = true;
    }

    public long ToTicks(long incoming) => Incoming.Rescale(incoming, Ticks);
    public void Correct(long ticks) => AddCorrection(Ticks.Rescale(ticks, Outgoing));

    public void CorrectDrift(long decode)
    {
        var step = decode - LastIn;
        // A jump of the timestamps does not mean that time has passed.
        if (Drift.Stretch != 0 && step > 0 && step < JumpLimit && !_hasNewOffset)
            AddCorrection(step * Drift.Stretch * (_isSameBase ? 1 : Incoming.Value / Outgoing.Value));
    }

    public long DecodeTimeOf(long pts, long dts)
    {
        if (dts != PacketInfo.NoTimestamp)
            return dts + Wrap;

        if (pts == PacketInfo.NoTimestamp)
            return NextIn;

        // Only the presentation time is known: the packet is decoded no later than that, and no later than its turn. Matroska
        // does not state the first decode times of a track with B-frames, which lie before the first frame.
        var show = pts + Wrap;
        return IsFresh ? show - _reorder : Math.Min(show, Math.Max(NextIn, show - (JumpLimit / 10)));
    }

    public MediaStamp Place(long pts, long decode, long duration, TimeSpan arrival)
    {
        var outDts = ToOutgoing(decode);
        var outDuration = duration <= 0 ? 0 : _isSameBase ? duration : Incoming.Rescale(duration, Outgoing);
        if (IsStarted && outDts <= _lastOut)
            outDts = _lastOut + 1;

        var outPts = outDts;
        if (pts != PacketInfo.NoTimestamp)
        {
            var show = pts + Wrap;
            // The counter may wrap between a packet's decode and presentation time.
            show += show - decode < -(1L << 31) ? 1L << 33 : show - decode > 1L << 31 ? -(1L << 33) : 0;
            outPts = Math.Max(outDts, ToOutgoing(show));
        }

        // Without a stated duration the last step is the best guess, else the nominal frame.
        var step = IsStarted && outDts > _lastOut && outDts - _lastOut < _frame * 100 ? outDts - _lastOut : _frame;
        _duration = outDuration > 0 ? outDuration : step;
        NextIn = decode + (duration > 0 ? duration : _isSameBase ? _duration : Outgoing.Rescale(_duration, Incoming));
        LastIn = decode;
        _lastOut = outDts;
        LastArrival = arrival;
        _latestEnd = Math.Max(_latestEnd, outPts + _duration);
        (IsStarted, _hasNewOffset) = (true, false);
        _packets = _packets == 0 ? 1 : 2;
        return new MediaStamp(outPts, outDts, outDuration);
    }

    private long ToOutgoing(long incoming) =>
        (_isSameBase ? incoming : Incoming.Rescale(incoming, Outgoing)) + _offset + _correction;

    private void AddCorrection(double outgoing)
    {
        _exactCorrection += outgoing;
        _correction = (long)Math.Round(_exactCorrection);
    }
}
