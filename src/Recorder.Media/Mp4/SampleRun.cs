namespace Recorder.Media.Mp4;

/// <summary>A sample of a run. Offsets count as those of the boxes around it.</summary>
/// <param name="Start">Offset of its fields; of its duration, where the run states durations.</param>
/// <param name="End">Offset behind its fields; behind its composition offset, where the run states those.</param>
internal readonly record struct RunSample(
    int Start, int SizeOffset, int End, uint Duration, uint Size, bool IsSync, int CompositionOffset);

/// <summary>Reads the samples of a track run (<c>trun</c>: ISO/IEC 14496-12, 8.8.8) one after another.</summary>
internal ref struct SampleRun
{
    public const uint SizesFlag = 0x200;

    private const uint DataOffsetFlag = 1, FirstFlagsFlag = 4, DurationsFlag = 0x100, SampleFlagsFlag = 0x400, CompositionFlag = 0x800;
    private const uint NotSync = 0x00010000;

    // More than a recorder writes. A damaged count must not keep a thread busy: samples may take no bytes here.
    private const uint MaxSamples = 1 << 20;

    private readonly TrackFragment _fragment;
    private readonly uint _flags;
    private readonly uint? _firstFlags;
    private Mp4Fields _fields;
    private uint _next;

    public SampleRun(ReadOnlySpan<byte> moof, Mp4Box trun, TrackFragment fragment)
    {
        _fragment = fragment;
        _fields = new Mp4Fields(moof, trun);
        _flags = _fields.UInt32() & 0xffffff;
        Count = _fields.UInt32();
        DataOffsetPosition = Has(DataOffsetFlag) ? _fields.Position : 0;
        DataOffset = Has(DataOffsetFlag) ? (int)_fields.UInt32() : 0;
        _firstFlags = Has(FirstFlagsFlag) ? _fields.UInt32() : null;
        SamplesOffset = _fields.Position;
        IsDamaged = _fields.IsCut || Count > MaxSamples;
    }

    public uint Count { get; }

    /// <summary>Where the media of the first sample begins; 0 when the run does not say.</summary>
    public int DataOffset { get; }

    /// <summary>Offset of <see cref="DataOffset"/>; 0 when the run has none.</summary>
    public int DataOffsetPosition { get; }

    public int SamplesOffset { get; }

    public readonly bool HasDurations => Has(DurationsFlag);

    public readonly bool HasSizes => Has(SizesFlag);

    public readonly bool HasCompositionOffsets => Has(CompositionFlag);

    /// <summary>Whether the run is too short for what it says it has; known when <see cref="MoveNext"/> returned false.</summary>
    public bool IsDamaged { get; private set; }

    public RunSample Current { get; private set; }

    public readonly SampleRun GetEnumerator() => this;

    public bool MoveNext()
    {
        if (IsDamaged || _next == Count)
            return false;

        var start = _fields.Position;
        var duration = HasDurations ? _fields.UInt32() : _fragment.Duration;
        var sizeOffset = _fields.Position;
        var size = HasSizes ? _fields.UInt32() : _fragment.Size;
        var flags = Has(SampleFlagsFlag) ? _fields.UInt32() : _fragment.Flags;
        var compositionOffset = HasCompositionOffsets ? (int)_fields.UInt32() : 0;
        flags = _next++ == 0 && _firstFlags is { } first ? first : flags;
        Current = new RunSample(start, sizeOffset, _fields.Position, duration, size, (flags & NotSync) == 0, compositionOffset);
        IsDamaged = _fields.IsCut;
        return !IsDamaged;
    }

    private readonly bool Has(uint flag) => (_flags & flag) != 0;
}
