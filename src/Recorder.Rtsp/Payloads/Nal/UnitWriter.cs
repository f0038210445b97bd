using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>Writes NAL units behind their lengths in four bytes, as MP4 stores them.</summary>
internal sealed class UnitWriter(IFrameBuffer buffer)
{
    // The place of the open unit's length, or -1.
    private int _place = -1;

    public FrameAssembler Frame { get; } = new(buffer);

    /// <summary>Whether a unit is open, whose end is not known yet.</summary>
    public bool IsOpen => _place >= 0;

    /// <summary>Writes a whole unit.</summary>
    public void Write(ReadOnlyMemory<byte> unit)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(length, unit.Length);
        Frame.AppendLiteral(length);

        // Decoders refuse units with the forbidden bit, which some cameras set for no reason.
        var first = unit.Span[0];
        if ((first & 0x80) != 0)
        {
            Frame.AppendLiteral([(byte)(first & 0x7F)]);
            unit = unit[1..];
        }

        Frame.Append(unit);
    }

    /// <summary>Begins a unit whose length is not known.</summary>
    public void Open(ReadOnlySpan<byte> header)
    {
        _place = Frame.AppendLengthPlace();
        if (!header.IsEmpty)
            Frame.AppendLiteral(header);
    }

    public void Append(ReadOnlyMemory<byte> fragment) => Frame.Append(fragment);

    /// <summary>Ends the open unit, if there is one.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;

        var length = Frame.Length - _place - sizeof(uint);
        if (length == 0)
            Frame.Truncate(_place);
        else
            Frame.SetLength(_place, length);
        _place = -1;
    }

    /// <summary>Moves everything to another writer.</summary>
    public void MoveTo(UnitWriter other)
    {
        if (Frame.IsEmpty)
            return;

        other.Frame.AppendCopy(Frame.Complete().Bytes);
        Frame.Clear();
    }

    public void Clear()
    {
        _place = -1;
        if (!Frame.IsEmpty)
            Frame.Clear();
    }
}
