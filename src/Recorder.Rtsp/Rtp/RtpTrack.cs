using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Rtp;

/// <summary>One track of a connection: from RTP packets to frames. Leaves out what cannot be decoded after a loss, and counts what
/// is lost. Used by one thread at a time; reads no clock.</summary>
internal sealed class RtpTrack : IFrameSink
{
    private readonly ITrackReceiver _receiver;
    private readonly IDepacketizer _depacketizer;
    // An array: enumerating a list by its interface costs memory for each packet.
    private readonly int[] _payloadTypes;
    private readonly TrackAlignment.Member _place;
    private readonly ReorderBuffer _reorder;
    private uint? _source;
    private long _timestamp;
    private TimeSpan _frameArrival;
    private long _frameTimestamp = long.MinValue;
    private bool _awaitsKey;
    private long _lostPackets;
    private int _lostFrames;
    private bool _hasLoss;
    private bool _canDecode;
    private long _nextExpected;
    private long _lastPlace;
    private int _usualStep;
    private TimeSpan _previousArrival;

    // A report that came before the first packet.
    private SenderReport? _early;

    // A packet of another sender may be a stray: it is kept until the next one of that sender, which shows that it took over.
    private byte[] _newcomer = [];
    private int _newcomerLength;
    private TimeSpan _newcomerArrival;

    public RtpTrack(
        int index, PayloadFormat format, IReadOnlyList<int> payloadTypes, IFrameBuffer buffer, ITrackReceiver receiver, TrackAlignment alignment)
    {
        (Index, Format, _receiver, _payloadTypes) = (index, format.Format, receiver, [.. payloadTypes]);
        _depacketizer = format.Create(buffer, this);
        Clock = new ReportedClock(Format.ClockRate);
        Reports = new ReceiverReports(Sequence, Format.ClockRate);
        _place = alignment.Add(Format.ClockRate, Clock);
        _reorder = new ReorderBuffer(Sequence);
    }

    public int Index { get; }
    public TrackFormat Format { get; }
    public SequenceTracker Sequence { get; } = new();
    public ReportedClock Clock { get; }
    public ReceiverReports Reports { get; }
    public IDepacketizer Depacketizer => _depacketizer;

    /// <summary>The sender's identity (SSRC); null before its first packet.</summary>
    public uint? Source => _source;

    /// <summary>Frames delivered.</summary>
    public long Frames { get; private set; }

    public long Packets => Sequence.Received;

    /// <summary>Whether the sender has said goodbye.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Packets that no frame of this track can be in.</summary>
    public long Strays { get; private set; }

    /// <summary>Takes a packet that arrived in order, as over TCP.</summary>
    public void Receive(ReadOnlyMemory<byte> bytes, TimeSpan now)
    {
        if (!RtpPacket.TryRead(bytes, out var packet) || !IsOwn(packet))
            Strays++;
        else if (Admits(packet, bytes, now))
            Pass(packet, now);
    }

    /// <summary>Takes a datagram, which may have overtaken others.</summary>
    public void ReceiveUnordered(ReadOnlyMemory<byte> datagram, TimeSpan now)
    {
        if (!RtpPacket.TryRead(datagram, out var packet) || !IsOwn(packet))
        {
            Strays++;
            return;
        }

        if (Admits(packet, datagram, now) && (packet.Source != _source || _reorder.Offer(packet, datagram, now)))
            Pass(packet, now);

        Release(now);
    }

    /// <summary>Passes on datagrams that have waited long enough for others, and keeps what must outlive the receive buffer.</summary>
    public void Park(TimeSpan now)
    {
        Release(now);
        _depacketizer.Park();
    }

    public void Receive(in SenderReport report, TimeSpan now)
    {
        if (_source is not null && report.Source != _source)
            return;

        Reports.Reported(report, now);
        if (Sequence.IsStarted)
            Clock.Report(report, _timestamp);
        else
            (_timestamp, _early) = (Unwrapped.Next(_timestamp, report.Timestamp), report);
    }

    /// <summary>Whether it has a place on the timeline of all tracks.</summary>
    public bool HasBegun => _place.IsStarted;

    public void Align() => _place.Align();

    /// <summary>The timestamp of the stream's beginning, as the server states it.</summary>
    public void BeginsAt(uint? timestamp) => _place.Beginning = timestamp;

    /// <summary>The connection is over.</summary>
    public void Finish()
    {
        // What waits for a missing packet waits in vain now.
        Release(TimeSpan.MaxValue);
        _depacketizer.Finish();
        _reorder.Clear();
        if (_hasLoss)
            ReportLoss(_nextExpected);
    }

    void IFrameSink.Deliver(in FrameInfo frame, FrameAssembler assembler)
    {
        if (_awaitsKey && !frame.Key)
        {
            _lostFrames++;
            assembler.Clear();
            return;
        }

        _awaitsKey = false;
        // A frame that ends with the first packet of the next one arrived before it.
        var arrival = frame.Timestamp == _frameTimestamp ? _frameArrival : _previousArrival;
        var at = _place.Place(frame.Timestamp, arrival);
        if (_hasLoss)
            ReportLoss(at);

        _canDecode |= frame.Key || Format.Kind != TrackKind.Video;

        var step = at - _lastPlace;
        _usualStep = frame.Duration > 0 ? frame.Duration : Frames > 0 && step > 0 && step < Format.ClockRate ? (int)step : _usualStep;
        _nextExpected = Math.Max(_nextExpected, at + _usualStep);
        _lastPlace = at;
        Frames++;
        var captured = Clock.IsKnown ? Clock.WallClockUs(frame.Timestamp) : 0;
        _receiver.Deliver(this, new RtpFrame(at, frame.Duration, frame.Key, captured, arrival), assembler.Complete());
    }

    void IFrameSink.Miss(long timestamp, bool othersNeedIt)
    {
        _hasLoss = true;
        _awaitsKey |= othersNeedIt && Format.Kind == TrackKind.Video && Frames > 0;
    }

    private bool IsOwn(in RtpPacket packet)
    {
        foreach (var type in _payloadTypes)
        {
            if (type == packet.PayloadType)
                return true;
        }

        return false;
    }

    // A packet of the sender, or of one that takes over: the first, one that follows another that has left, or one of which this packet is the second in
    // a row. Then its first one is passed on.
    private bool Admits(in RtpPacket packet, ReadOnlyMemory<byte> bytes, TimeSpan now)
    {
        if (packet.Source == _source)
        {
            _newcomerLength = 0;
            return true;
        }

        var isSecond = RtpPacket.TryRead(_newcomer.AsMemory(0, _newcomerLength), out var first) && first.Source == packet.Source
            && packet.Sequence == (ushort)(first.Sequence + 1);
        if (_source is null || HasLeft || isSecond)
        {
            // The numbers of another sender have nothing to do with those that wait.
            Release(TimeSpan.MaxValue);
            if (isSecond)
            {
                Pass(first, _newcomerArrival);
                _depacketizer.Park();
            }

            _newcomerLength = 0;
            return true;
        }

        if (_newcomer.Length < bytes.Length)
            _newcomer = new byte[bytes.Length];

        bytes.CopyTo(_newcomer);
        (_newcomerLength, _newcomerArrival) = (bytes.Length, now);
        Strays++;
        return false;
    }

    private void Release(TimeSpan now)
    {
        while (_reorder.TryTake(now, out var datagram, out var arrival))
        {
            if (RtpPacket.TryRead(datagram, out var packet))
                Pass(packet, arrival);

            // The frame that it belongs to must not refer to memory that is given back.
            _depacketizer.Park();
            ReorderBuffer.Return(datagram);
        }
    }

    private void Pass(in RtpPacket packet, TimeSpan arrival)
    {
        var isNewSender = _source is not null && packet.Source != _source;
        if (isNewSender)
        {
            Sequence.Restart();
            _reorder.Clear();
            Clock.Restart();
            Reports.Restart();
            HasLeft = false;
        }

        _source = packet.Source;
        var verdict = Sequence.Accept(packet.Sequence, out var lost);
        if (verdict == SequenceVerdict.Old)
            return;

        // What waits has the old numbers, and would be taken for a jump ahead.
        if (verdict == SequenceVerdict.Restart)
            _reorder.Clear();

        // Another sender, or one that counts anew: what is missing between them cannot be counted.
        var isInterrupted = isNewSender || verdict == SequenceVerdict.Restart;
        if (lost > 0 || isInterrupted)
            (_hasLoss, _lostPackets) = (true, _lostPackets + lost);

        var before = _timestamp;
        _timestamp = Frames == 0 && Sequence.Received == 1 && _early is null ? packet.Timestamp : Unwrapped.Next(_timestamp, packet.Timestamp);
        if (_early is { } early)
        {
            Clock.Report(early, _timestamp);
            _early = null;
        }

        if (isNewSender || (verdict == SequenceVerdict.Restart && Math.Abs(_timestamp - before) > 10L * Format.ClockRate))
            _place.Resume(_timestamp, arrival);

        if (_timestamp != _frameTimestamp)
            (_frameTimestamp, _previousArrival, _frameArrival) = (_timestamp, _frameArrival, arrival);

        Reports.Received(_timestamp, arrival);
        _depacketizer.Add(new RtpPayload(packet.Payload, _timestamp, packet.Marker, isInterrupted ? Math.Max(1, lost) : lost)
        {
            Extension = packet.Extension,
        });
    }

    // Before the first key frame nothing could have been recorded, so nothing of it is missing.
    private void ReportLoss(long at)
    {
        if (_canDecode && Frames > 0)
            _receiver.Lose(this, new RtpLoss(_lostPackets, _lostFrames, Math.Min(_nextExpected, at), at));

        (_hasLoss, _lostPackets, _lostFrames) = (false, 0, 0);
    }
}
