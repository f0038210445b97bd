namespace Recorder.Rtsp.Payloads;

/// <summary>Puts the NAL units of H.264 and H.265 together to access units, each unit behind its length in four bytes. An access unit
/// ends with a changed timestamp, with a unit that can only begin the next one, or with a marker that has proved right.</summary>
internal sealed class AccessUnits(INalSyntax syntax, IFrameBuffer buffer, IFrameSink sink)
{
    // Parameter sets and SEI that wait for their picture.
    private const int MostLeadingBytes = 1 << 20;

    private readonly UnitWriter _frame = new(buffer);
    private readonly MarkerTrust _marker = new();
    private readonly OpeningUnits _openings = new();

    private long _timestamp;
    private bool _started;

    // The access unit under construction.
    private NalUnit? _first;
    private bool _slices;
    private bool _key;
    private bool _disposable;
    private bool _damaged;

    // Parameter sets and SEI that follow slices. They belong to the next access unit, or to this one if more of its slices follow:
    // GStreamer repeats parameter sets before each slice of a key frame.
    private readonly UnitWriter _held = new(new ScratchBuffer());
    private NalUnit? _heldFirst;
    private bool _heldKey;

    // Packets before the access unit are lost, and may have belonged to it.
    private bool _beginningUnsure;
    private bool _nextBeginningUnsure;

    // A loss that is not reported yet; inside: it hit this access unit only.
    private bool _loss;
    private bool _lossInside;
    private long _lossTimestamp;

    // A unit in fragments goes on.
    private bool _open;

    private bool IsEmpty => _first is null && !_damaged;

    private bool IsHolding => _heldFirst is not null;

    // Where units go, and whether they go anywhere.
    private UnitWriter Into => IsHolding ? _held : _frame;

    private bool IsWanted(in NalUnit unit) => unit.Role != NalRole.Unusable && (IsHolding || !_damaged);

    public void BeginPacket(in RtpPayload packet)
    {
        if (packet.Lost > 0)
            Lose(packet);
        MoveTo(packet.Timestamp);
    }

    /// <summary>The units that follow have this timestamp.</summary>
    public void MoveTo(long timestamp)
    {
        if (_started && timestamp == _timestamp)
            return;

        if (_slices)
            End();
        else if (_frame.Frame.Length > MostLeadingBytes)
            Damage();

        // Parameter sets that were sent alone wait for the picture, and take its timestamp.
        Close();
        _marker.Reset();
        (_timestamp, _started) = (timestamp, true);
    }

    public void EndPacket(bool marker)
    {
        _marker.EndPacket(marker, ofSlices: !IsHolding);
        if (marker && _marker.EndsFrames && _slices)
            End();
    }

    /// <summary>Adds a whole unit, or several with start codes between them, as some cameras send them.</summary>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        Close();
        while (!bytes.IsEmpty)
        {
            var end = StartCode.Find(bytes.Span);
            AddOne(StartCode.TrimEnd(end < 0 ? bytes : bytes[..end]));
            bytes = end < 0 ? default : bytes[(end + StartCode.Length)..];
        }
    }

    /// <summary>Begins a unit that is sent in fragments.</summary>
    public void Open(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> fragment, bool last)
    {
        Close();

        Span<byte> beginning = stackalloc byte[64];
        header.CopyTo(beginning);
        var some = fragment.Span[..Math.Min(fragment.Length, beginning.Length - header.Length)];
        some.CopyTo(beginning[header.Length..]);
        var kind = syntax.Read(beginning[..(header.Length + some.Length)]);
        Begin(kind);
        _open = true;
        if (IsWanted(kind))
        {
            Into.Open(header);
            AppendFragment(fragment, last);
        }

        if (last)
            Close();
    }

    /// <summary>Adds the next fragment of the open unit. Without one the beginning is lost, and with it the access unit.</summary>
    public void Continue(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> fragment, bool last)
    {
        _marker.Continue();
        if (!_open)
        {
            // The first bits are those of a fragment, which do not say whether the slice is the first.
            Begin(syntax.Read(header));
            Damage();
            _open = true;
        }
        else if (Into.IsOpen)
        {
            AppendFragment(fragment, last);
        }

        if (last)
            Close();
    }

    /// <summary>Ends the open unit, if there is one.</summary>
    public void Close()
    {
        _open = false;
        Into.Close();
    }

    /// <summary>A packet cannot be understood. It may have had slices, and the beginning of the next access unit.</summary>
    public void Reject()
    {
        Damage();
        ForgetHeld();
        (_slices, _disposable, _nextBeginningUnsure) = (true, false, true);
    }

    // A part of the access unit is missing: it will not be delivered. Nothing is missing from a stream that is joined in the middle.
    private void Damage()
    {
        if (!_loss && _openings.Any)
            (_loss, _lossInside, _lossTimestamp) = (true, true, _timestamp);
        _damaged = true;
        Forget();
    }

    public void Park()
    {
        _frame.Frame.Park();
        _held.Frame.Park();
    }

    public void Finish()
    {
        // The marker's plain meaning is enough here: no later packet can tell.
        if (_slices && !_damaged && _marker is { Seen: true, WasWrong: false })
            End();
        else if (_loss)
            sink.Miss(_lossTimestamp, othersNeedIt: true);
        Forget();
        ForgetHeld();
        Reset();
        _started = false;
    }

    private void Lose(in RtpPayload packet)
    {
        var same = packet.Timestamp == _timestamp && _started;

        // A single packet is lost and the marker is missing: it was the last of the access unit, and the next one is whole.
        var tail = !same && packet.Lost == 1 && _marker is { EndsFrames: true, Seen: false };
        if (IsEmpty)
        {
            (_loss, _lossInside, _lossTimestamp) = (true, !_loss && packet.Lost == 1, packet.Timestamp);
            _beginningUnsure = true;
            return;
        }

        if (!_loss)
            (_loss, _lossTimestamp, _lossInside) = (true, packet.Timestamp, same || tail);
        _lossInside &= same || tail;
        _damaged = true;
        Forget();
        ForgetHeld();
        _nextBeginningUnsure = !tail;
        if (!same)
            End();
    }

    private void AddOne(ReadOnlyMemory<byte> unit)
    {
        if (unit.Length < syntax.HeaderLength)
            return;

        var kind = syntax.Read(unit.Span);
        if (kind.Role == NalRole.Unusable)
            return;

        Begin(kind);
        if (IsWanted(kind))
            Into.Write(unit);
    }

    private void AppendFragment(ReadOnlyMemory<byte> fragment, bool last)
    {
        if (last)
            fragment = StartCode.TrimEnd(fragment);
        for (int end; (end = StartCode.Find(fragment.Span)) >= 0;)
        {
            Into.Append(StartCode.TrimEnd(fragment[..end]));
            fragment = fragment[(end + StartCode.Length)..];
            Close();
            if (fragment.Length < syntax.HeaderLength)
                return;

            var kind = syntax.Read(fragment.Span);
            Begin(kind);
            _open = true;
            if (!IsWanted(kind))
                return;

            Into.Open([]);
        }

        Into.Append(fragment);
    }

    // Decides to which access unit a unit belongs.
    private void Begin(in NalUnit unit)
    {
        var leading = unit.Role is NalRole.Delimiter or NalRole.Opening or NalRole.Leading;
        if (_slices && unit is { Role: NalRole.Delimiter } or { Role: NalRole.Slice, First: true })
            End();
        else if (_slices && unit.Role == NalRole.Slice)
            ReleaseHeld();

        _marker.AddUnit(leading);
        if (_slices && (leading || IsHolding))
        {
            Hold(unit);
            return;
        }

        _first ??= unit;
        _key |= unit.Key;
        if (unit.Role != NalRole.Slice)
            return;

        _nextBeginningUnsure = false;
        _disposable = unit.Disposable;
        if (!_slices && !IsBeginning(unit))
            Damage();
        _slices = true;
    }

    private void Hold(in NalUnit unit)
    {
        if (_held.Frame.Length > MostLeadingBytes)
        {
            ForgetHeld();
            _nextBeginningUnsure = true;
        }

        _heldFirst ??= unit;
        _heldKey |= unit.Key;
    }

    // What was held belongs to the present access unit.
    private void ReleaseHeld()
    {
        if (_heldFirst is not { } first)
            return;

        _first ??= first;
        _key |= _heldKey;
        if (!_damaged)
            _held.MoveTo(_frame);
        ForgetHeld();
    }

    // Whether nothing of the access unit is missing before its first slice.
    private bool IsBeginning(in NalUnit slice)
    {
        if (!slice.First)
            return !_beginningUnsure && _openings.Any;
        if (!_beginningUnsure || _openings.Include(_first!.Value, _key))
            return true;

        // Other access units may be lost, too.
        _lossInside = false;
        return false;
    }

    private void End()
    {
        Close();
        if (_loss)
            sink.Miss(_lossTimestamp, !(_damaged && _lossInside && _slices && _disposable));
        var whole = !_damaged && _first is not null && !_frame.Frame.IsEmpty;
        var frame = new FrameInfo(_timestamp, 0, _key);
        if (whole)
            _marker.EndFrame();
        if (whole && !_beginningUnsure)
            _openings.Add(_first!.Value, _key);

        Reset();
        if (whole)
            sink.Deliver(frame, _frame.Frame);
        ReleaseHeld();
    }

    private void Forget()
    {
        _open = false;
        _frame.Clear();
    }

    private void ForgetHeld()
    {
        (_heldFirst, _heldKey) = (null, false);
        _held.Clear();
    }

    private void Reset()
    {
        (_first, _slices, _key, _disposable, _damaged) = (null, false, false, false, false);
        (_loss, _lossInside, _open) = (false, false, false);
        (_beginningUnsure, _nextBeginningUnsure) = (_nextBeginningUnsure, false);
    }
}
