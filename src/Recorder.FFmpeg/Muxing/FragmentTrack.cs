using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>The place of a packet's sample in its track.</summary>
/// <param name="Dts">Decoding time in the container's time base.</param>
/// <param name="Offset">Presentation time less decoding time.</param>
/// <param name="Duration">The packet's stated duration; the last sample of a fragment lasts as long.</param>
/// <param name="Key">Whether decoding can begin at it.</param>
internal readonly record struct FragmentSample(long Dts, long Offset, long Duration, bool Key);

/// <summary>The samples of one track in the current fragment, and their bytes.</summary>
internal sealed class FragmentTrack(bool isVideo)
{
    // ISO 14496-12, 8.8.3.1: sample_depends_on, and sample_is_non_sync_sample.
    private const uint SyncSample = 0x02000000, DependentSample = 0x01010000;

    // tfhd (8.8.7): defaults for duration, size and flags; data offsets count from the moof.
    private const uint HasDefaults = 0x08 | 0x10 | 0x20, BaseIsMoof = 0x020000;
    private const uint HeadLength = BoxWriter.HeaderLength + 4 * sizeof(uint);

    // tfdt (8.8.12) of version 1.
    private const uint TimeLength = BoxWriter.HeaderLength + sizeof(ulong);

    // trun (8.8.8): which values it has for the run, and for each sample.
    private const uint HasDataOffset = 0x01, HasFirstFlags = 0x04, HasDuration = 0x100, HasSize = 0x200, HasFlags = 0x400, HasOffset = 0x800;

    private const uint TrafLength = 8;

    private readonly List<Entry> _entries = [];
    private List<ReadOnlyMemory<byte>> _segments = MediaBytes.RentList();
    private Segment? _open;
    private int _openLength;
    private long _end;
    // Like FFmpeg's: once a track had a presentation offset, all its later runs have one.
    private bool _hasOffsets;
    private uint _flags;

    /// <summary>The decoding time at which the track's timeline begins: that of its first packet, unless it began late.</summary>
    public long Origin { get; set; } = PacketInfo.NoTimestamp;

    /// <summary>Bytes of the samples.</summary>
    public long Bytes { get; private set; }

    private uint DefaultDuration => (uint)DurationOf(0);

    // By the second sample, because the first is often a key frame, which the run states on its own.
    private uint DefaultFlags => _entries.Count > 1 ? _entries[1].Flags : isVideo ? DependentSample : SyncSample;

    public void Add(ReadOnlySpan<byte> before, ReadOnlySpan<byte> data, in FragmentSample sample)
    {
        if (Origin == PacketInfo.NoTimestamp)
            Origin = sample.Dts;
        _hasOffsets |= sample.Offset != 0;
        _end = sample.Dts + sample.Duration;
        _entries.Add(new Entry(sample.Dts, (int)sample.Offset, before.Length + data.Length, sample.Key ? SyncSample : DependentSample));
        Copy(before);
        Copy(data);
    }

    /// <summary>Returns the length of what <see cref="Describe"/> writes.</summary>
    public uint Measure()
    {
        if (_entries.Count == 0)
            return 0;
        _flags = RunFlags();
        return TrafLength + HeadLength + TimeLength + RunLength();
    }

    /// <summary>Writes the track's traf, if it has samples.</summary>
    /// <param name="length">What <see cref="Measure"/> returned.</param>
    /// <param name="at">Where its bytes begin, from the beginning of the moof.</param>
    public void Describe(ref BoxWriter boxes, uint number, uint length, uint at)
    {
        if (_entries.Count == 0)
            return;
        boxes.Start(length, "traf"u8);
        boxes.Start(HeadLength, "tfhd"u8, HasDefaults | BaseIsMoof);
        boxes.Number(number);
        boxes.Number(DefaultDuration);
        boxes.Number((uint)_entries[0].Size);
        boxes.Number(DefaultFlags);
        boxes.Start(TimeLength, "tfdt"u8, 0x01000000);
        boxes.Long((ulong)(_entries[0].Dts - Origin));
        boxes.Start(RunLength(), "trun"u8, _flags);
        boxes.Number((uint)_entries.Count);
        boxes.Number(at);
        if ((_flags & HasFirstFlags) != 0)
            boxes.Number(_entries[0].Flags);
        for (var i = 0; i < _entries.Count; i++)
        {
            if ((_flags & HasDuration) != 0)
                boxes.Number((uint)DurationOf(i));
            if ((_flags & HasSize) != 0)
                boxes.Number((uint)_entries[i].Size);
            if ((_flags & HasFlags) != 0)
                boxes.Number(_entries[i].Flags);
            if ((_flags & HasOffset) != 0)
                boxes.Number((uint)_entries[i].Offset);
        }
    }

    /// <summary>Gives the bytes to the output and begins the next fragment.</summary>
    public void MoveTo(MuxerOutput output)
    {
        if (_entries.Count == 0)
            return;
        CloseSegment();
        output.Append(_segments, Bytes);
        _segments.Clear();
        _entries.Clear();
        Bytes = 0;
    }

    /// <summary>Returns the memory of bytes that were not written.</summary>
    public void Drop()
    {
        CloseSegment();
        MediaBytes.Of(_segments, Bytes).Dispose();
        _segments = [];
        _entries.Clear();
        Bytes = 0;
    }

    private uint RunFlags()
    {
        var flags = HasDataOffset;
        for (var i = 0; i < _entries.Count; i++)
        {
            if ((uint)DurationOf(i) != DefaultDuration)
                flags |= HasDuration;
            if (_entries[i].Size != _entries[0].Size)
                flags |= HasSize;
            if (i > 0 && _entries[i].Flags != DefaultFlags)
                flags |= HasFlags;
        }
        if ((flags & HasFlags) == 0 && _entries[0].Flags != DefaultFlags)
            flags |= HasFirstFlags;
        return _hasOffsets ? flags | HasOffset : flags;
    }

    private uint RunLength()
    {
        var values = uint.PopCount(_flags & (HasDuration | HasSize | HasFlags | HasOffset));
        var first = (_flags & HasFirstFlags) != 0 ? 1u : 0;
        return BoxWriter.HeaderLength + (2 + first + values * (uint)_entries.Count) * sizeof(uint);
    }

    private long DurationOf(int index) =>
        (index + 1 < _entries.Count ? _entries[index + 1].Dts : _end) - _entries[index].Dts;

    private void Copy(ReadOnlySpan<byte> data)
    {
        Bytes += data.Length;
        while (!data.IsEmpty)
        {
            _open ??= SegmentPool.Rent();
            var count = Math.Min(data.Length, SegmentPool.SegmentSize - _openLength);
            data[..count].CopyTo(_open.GetSpan()[_openLength..]);
            _openLength += count;
            data = data[count..];
            if (_openLength == SegmentPool.SegmentSize)
                CloseSegment();
        }
    }

    private void CloseSegment()
    {
        if (_open is not null)
            _segments.Add(_open.Memory[.._openLength]);
        (_open, _openLength) = (null, 0);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(long Dts, int Offset, int Size, uint Flags);
}
