using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>What the header of a track fragment says: the <c>tfhd</c> and <c>tfdt</c> of a <c>traf</c>.</summary>
/// <param name="Track">Index of the track in the extent's header; -1 for a track that the header does not have.</param>
internal readonly record struct TrackFragment(Mp4Box Box, int Track)
{
    private const uint HasBaseOffset = 1, HasEntry = 2, HasDuration = 8, HasSize = 0x10, HasFlags = 0x20, BaseIsMoof = 0x020000;

    public int IdOffset { get; private init; }

    public uint Duration { get; private init; }

    /// <summary>Offset of <see cref="Duration"/>; 0 when it is the track's default.</summary>
    public int DurationOffset { get; private init; }

    public uint Size { get; private init; }

    public uint Flags { get; private init; }

    /// <summary>Whether the offsets of runs count from the beginning of the <c>moof</c>.</summary>
    public bool CountsFromMoof { get; private init; }

    public long Start { get; private init; }

    public int StartOffset { get; private init; }

    public bool IsStartWide { get; private init; }

    public bool IsDamaged { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> moof, Mp4Box traf, Mp4Header header, out TrackFragment fragment)
    {
        fragment = default;
        if (!traf.TryFind(moof, out var tfhd, Mp4Box.Tfhd))
            return false;

        var fields = new Mp4Fields(moof, tfhd);
        var flags = fields.UInt32();
        var index = header.IndexOf(fields.UInt32());
        var track = index < 0 ? null : header.Tracks[index];
        fields.Skip(((flags & HasBaseOffset) != 0 ? 8 : 0) + ((flags & HasEntry) != 0 ? 4 : 0));
        var durationOffset = (flags & HasDuration) != 0 ? fields.Position : 0;
        fragment = new TrackFragment(traf, index)
        {
            IdOffset = tfhd.Body + 4,
            DurationOffset = durationOffset,
            Duration = durationOffset > 0 ? fields.UInt32() : track?.DefaultDuration ?? 0,
            Size = (flags & HasSize) != 0 ? fields.UInt32() : track?.DefaultSize ?? 0,
            Flags = (flags & HasFlags) != 0 ? fields.UInt32() : track?.DefaultFlags ?? 0,
            CountsFromMoof = (flags & (BaseIsMoof | HasBaseOffset)) == BaseIsMoof,
            IsDamaged = fields.IsCut,
        };
        if (traf.TryFind(moof, out var tfdt, Mp4Box.Tfdt))
        {
            var time = new Mp4Fields(moof, tfdt);
            var isWide = time.UInt32() >> 24 == 1;
            var start = isWide ? time.Int64() : time.UInt32();
            fragment = fragment with
            {
                Start = start,
                StartOffset = time.IsCut ? 0 : tfdt.Body + 4,
                IsStartWide = isWide,
                IsDamaged = fragment.IsDamaged || time.IsCut || start is < 0 or > long.MaxValue / 2,
            };
        }

        return true;
    }

    public void WriteStart(Span<byte> moof, long start)
    {
        if (StartOffset > 0 && IsStartWide)
            BinaryPrimitives.WriteInt64BigEndian(moof[StartOffset..], start);
        else if (StartOffset > 0)
            BinaryPrimitives.WriteUInt32BigEndian(moof[StartOffset..], (uint)Math.Min(start, uint.MaxValue));
    }
}
