namespace Recorder.Rtsp.Payloads;

/// <summary>AV1 (RTP Payload Format For AV1 1.0): OBUs with their sizes, without temporal delimiters; a frame is a temporal unit.</summary>
internal sealed class Av1Depacketizer(IFrameBuffer buffer, IFrameSink sink) : IDepacketizer, IInBandHeader
{
    private readonly FrameAssembler _frame = new(buffer);

    // The temporal unit under construction.
    private long _timestamp;
    private bool _any;
    private bool _key;
    private bool _newSequence;
    private bool _sequenceHeader;
    private bool _damaged;

    // Packets before the temporal unit are lost, and may have belonged to it.
    private bool _beginningUnsure;

    // Where the size of the OBU that is sent in fragments belongs, or -1.
    private int _place = -1;
    private bool _open;

    // A temporal unit was delivered.
    private bool _joined;

    public byte[]? Header { get; private set; }

    public void Add(in RtpPayload packet)
    {
        if (packet.Lost > 0)
            Lose(packet.Timestamp);
        if (packet.Timestamp != _timestamp && _any)
            End();

        _timestamp = packet.Timestamp;
        if (packet.Bytes.Length > 1)
            AddElements(packet.Bytes);
        if (packet.Marker)
            End();
    }

    public void Park() => _frame.Park();

    public void Finish()
    {
        Forget();
        Reset();
    }

    private void AddElements(ReadOnlyMemory<byte> bytes)
    {
        var header = bytes.Span[0];
        var (continues, goesOn, count) = ((header & 0x80) != 0, (header & 0x40) != 0, (header >> 4) & 3);
        _newSequence |= (header & 8) != 0;
        bytes = bytes[1..];
        if (_open && !continues)
            Damage();

        for (var i = 1; !bytes.IsEmpty; i++)
        {
            var length = bytes.Length;
            if (i != count && !Leb128.TryRead(ref bytes, out length))
            {
                Damage();
                return;
            }

            var element = bytes[..Math.Min(length, bytes.Length)];
            if (element.Length < length)
                Damage();
            bytes = bytes[element.Length..];
            var last = bytes.IsEmpty;
            if (i == 1 && continues)
                Continue(element, ends: !(last && goesOn));
            else if (!element.IsEmpty)
                Begin(element, ends: !(last && goesOn));
        }
    }

    private void Begin(ReadOnlyMemory<byte> obu, bool ends)
    {
        if (Obu.TryRead(obu) is not { } read)
        {
            Damage();
            return;
        }

        if (_beginningUnsure)
        {
            // Only these are always the first of a temporal unit.
            if (!_any && read.Type is not (Obu.SequenceHeader or Obu.TemporalDelimiter))
                Damage();
            _beginningUnsure = false;
        }

        _any = true;
        _open = !ends;
        if (read.Type is Obu.TemporalDelimiter or Obu.TileList)
            return;

        _key |= read.IsShownKeyFrame;
        _sequenceHeader |= read.Type == Obu.SequenceHeader;
        if (read.Type == Obu.SequenceHeader && ends)
            KeepHeader(read);
        if (_damaged)
            return;

        _frame.AppendLiteral(read.Extended ? [(byte)(read.First | Obu.HasSize), read.Extension] : [(byte)(read.First | Obu.HasSize)]);
        if (ends)
            AppendSize(read.Payload.Length);
        else
            _place = _frame.AppendLengthPlace();
        _frame.Append(read.Payload);
    }

    private void Continue(ReadOnlyMemory<byte> fragment, bool ends)
    {
        _any = true;
        if (!_open)
            Damage();
        else if (_place >= 0)
            _frame.Append(fragment);

        _open = !ends;
        if (!ends || _place < 0)
            return;

        _frame.SetLength(_place, Leb128.InFourBytes(_frame.Length - _place - sizeof(uint)));
        _place = -1;
    }

    private void AppendSize(int size)
    {
        Span<byte> bytes = stackalloc byte[Leb128.MostBytes];
        _frame.AppendLiteral(bytes[..Leb128.Write(bytes, size)]);
    }

    private void KeepHeader(in Obu obu)
    {
        Span<byte> size = stackalloc byte[Leb128.MostBytes];
        size = size[..Leb128.Write(size, obu.Payload.Length)];
        var known = Header.AsSpan();
        var start = 1 + size.Length;
        if (known.Length == start + obu.Payload.Length && known[start..].SequenceEqual(obu.Payload.Span))
            return;

        Header = [(byte)((Obu.SequenceHeader << 3) | Obu.HasSize), .. size, .. obu.Payload.Span];
    }

    private void Lose(long timestamp)
    {
        sink.Miss(timestamp, othersNeedIt: true);
        if (_any)
        {
            Forget();
            if (timestamp == _timestamp)
                _damaged = true;
            else
                Reset();
        }

        _open = false;
        _beginningUnsure = !_any;
    }

    // Nothing is missing from a stream that is joined in the middle.
    private void Damage()
    {
        if (!_damaged && !_beginningUnsure && _joined)
            sink.Miss(_timestamp, othersNeedIt: true);
        (_damaged, _any) = (true, true);
        Forget();
    }

    private void End()
    {
        if (_open && !_damaged)
            Damage();
        var frame = new FrameInfo(_timestamp, 0, _key || (_newSequence && _sequenceHeader));
        var whole = !_damaged && !_frame.IsEmpty;
        Reset();
        if (!whole)
            return;

        _joined = true;
        sink.Deliver(frame, _frame);
    }

    private void Forget()
    {
        _place = -1;
        if (!_frame.IsEmpty)
            _frame.Clear();
    }

    private void Reset()
    {
        (_any, _key, _newSequence, _sequenceHeader, _damaged) = (false, false, false, false, false);
        (_open, _place, _beginningUnsure) = (false, -1, false);
    }
}
