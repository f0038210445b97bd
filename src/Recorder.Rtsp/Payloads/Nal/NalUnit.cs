namespace Recorder.Rtsp.Payloads;

/// <summary>What the header of a NAL unit and the first bits behind it say.</summary>
/// <param name="Type">nal_unit_type, up to 63.</param>
/// <param name="Role">Its place in an access unit.</param>
internal readonly record struct NalUnit(byte Type, NalRole Role)
{
    /// <summary>Whether a slice is the first of its picture.</summary>
    public bool First { get; init; }

    /// <summary>Whether decoding can begin with the picture.</summary>
    public bool Key { get; init; }

    /// <summary>Whether no other picture refers to this one.</summary>
    public bool Disposable { get; init; }
}

internal enum NalRole
{
    Unknown = 0,

    /// <summary>A part of the picture.</summary>
    Slice = 1,

    /// <summary>Always the first of its access unit: an access unit delimiter.</summary>
    Delimiter = 2,

    /// <summary>A parameter set that comes before others: VPS, SPS.</summary>
    Opening = 3,

    /// <summary>Comes before the slices of its access unit: PPS, SEI.</summary>
    Leading = 4,

    /// <summary>Belongs to the access unit in which it stands: filler data, suffix SEI, slices of other layers.</summary>
    Other = 5,

    /// <summary>Nothing that a file may hold.</summary>
    Unusable = 6,
}

/// <summary>How a codec writes the headers of NAL units.</summary>
internal interface INalSyntax
{
    /// <summary>Bytes of a unit's header: 1 or 2.</summary>
    int HeaderLength { get; }

    /// <param name="unit">At least a header.</param>
    NalUnit Read(ReadOnlySpan<byte> unit);
}
