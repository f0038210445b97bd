using System.Buffers.Binary;
using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>What becomes of one track of an extent in a virtual file.</summary>
/// <param name="Id">Its number there.</param>
/// <param name="Timescale">Units a second of its times there.</param>
/// <param name="Shift">What is added to its times, in that timescale.</param>
/// <param name="Sets">Parameter sets to stand in front of each key frame; null for none.</param>
internal readonly record struct TrackPatch(uint Id, uint Timescale, long Shift, byte[]? Sets);

/// <summary>Puts fragments of one extent on the timeline of a virtual file, among its tracks.</summary>
/// <param name="header">The extent's header.</param>
/// <param name="tracks">What becomes of each of its tracks; null for one that has nothing there.</param>
internal sealed class FragmentPatch(Mp4Header header, IReadOnlyList<TrackPatch?> tracks)
{
    /// <summary>Bytes that an <c>mdat</c> has before its media.</summary>
    public const int MdatHeader = 8;

    /// <summary>What stands in front of each key frame of the first track of pictures; null for nothing.</summary>
    public byte[]? Sets { get; } = tracks[header.Reference]?.Sets is { Length: > 0 } sets ? sets : null;

    /// <summary>By how many bytes the header of a fragment grows.</summary>
    public int GrowthOf(Fragment fragment) => Sets is null ? 0 : fragment.Growth;

    /// <summary>By how many bytes its media grows.</summary>
    public int InsertedInto(Fragment fragment) => Sets is null ? 0 : Sets.Length * fragment.KeyCount;

    /// <summary>Rewrites a fragment's header.</summary>
    /// <param name="bytes">It, and where sets are inserted the header of the <c>mdat</c>; room for the growth behind.</param>
    /// <param name="fragment">The fragment.</param>
    /// <param name="sequence">Its number.</param>
    public void Apply(Span<byte> bytes, Fragment fragment, uint sequence)
    {
        var growth = GrowthOf(fragment);
        if (growth > 0)
        {
            StateSizes(bytes, fragment.Header, growth);
        }

        var moof = bytes[..(fragment.Header + growth)];
        if (Mp4Box.TryFind(moof, 8, moof.Length, Mp4Box.Mfhd, out var mfhd))
        {
            BinaryPrimitives.WriteUInt32BigEndian(moof[(mfhd.Body + 4)..], sequence);
        }

        foreach (var traf in MoofReader.Fragments(moof))
        {
            if (Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfhd, out var tfhd) && TrackOf(moof, tfhd) is >= 0 and var track && tracks[track] is { } patch)
            {
                ApplyToTrack(moof, traf, tfhd, track, patch, fragment, growth);
            }
        }

        if (Sets is not null && InsertedInto(fragment) is > 0 and var inserted)
        {
            var mdat = bytes[moof.Length..];
            BinaryPrimitives.WriteUInt32BigEndian(mdat, BinaryPrimitives.ReadUInt32BigEndian(mdat) + (uint)inserted);
        }
    }

    private void ApplyToTrack(Span<byte> moof, Mp4Box traf, Mp4Box tfhd, int track, TrackPatch patch, Fragment fragment, int growth)
    {
        var source = header.Tracks[track];
        var defaults = MoofReader.Defaults(moof, tfhd, source);
        var isScaled = patch.Timescale != source.Timescale;
        BinaryPrimitives.WriteUInt32BigEndian(moof[(tfhd.Body + 4)..], patch.Id);
        if (isScaled && defaults.DurationAt > 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(moof[defaults.DurationAt..], (uint)Mp4Time.Rescale(defaults.Duration, source.Timescale, patch.Timescale));
        }

        var start = 0L;
        if (Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfdt, out var tfdt))
        {
            var isWide = moof[tfdt.Body] == 1;
            var place = moof[(tfdt.Body + 4)..];
            start = isWide ? BinaryPrimitives.ReadInt64BigEndian(place) : BinaryPrimitives.ReadUInt32BigEndian(place);
            var moved = Math.Max(0, Mp4Time.Rescale(start, source.Timescale, patch.Timescale) + patch.Shift);
            if (isWide)
            {
                BinaryPrimitives.WriteInt64BigEndian(place, moved);
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(place, (uint)Math.Min(moved, uint.MaxValue));
            }
        }

        var sets = track == header.Reference ? Sets : null;
        for (var at = traf.Body; Mp4Box.TryRead(moof, at, traf.End, out var box); at = box.End)
        {
            if (box.Type == Mp4Box.Trun)
            {
                start = ApplyToRun(moof, box, source, patch, defaults.Duration, defaults.Flags, start, sets, fragment, growth);
            }
        }
    }

    private long ApplyToRun(
        Span<byte> moof, Mp4Box trun, Mp4Track source, TrackPatch patch, uint usualDuration, uint usualFlags, long time, byte[]? sets, Fragment fragment,
        int growth)
    {
        var flags = Number(moof, trun.Body) & 0xffffff;
        var at = trun.Body + 8;
        if ((flags & 1) != 0)
        {
            // What was inserted before this run's data moves it; what is inserted in front of its first sample belongs to that.
            var data = (int)Number(moof, at);
            var before = Sets is null ? 0 : Sets.Length * fragment.KeysBefore(data);
            BinaryPrimitives.WriteUInt32BigEndian(moof[at..], (uint)(data + growth + before));
            at += 4;
        }

        var firstFlags = (flags & 4) != 0 ? Number(moof, at) : (uint?)null;
        at += firstFlags is null ? 0 : 4;
        var isScaled = patch.Timescale != source.Timescale;
        var count = Number(moof, trun.Body + 4);
        for (var i = 0u; i < count && at < trun.End; i++)
        {
            var duration = usualDuration;
            if ((flags & 0x100) != 0)
            {
                duration = Number(moof, at);
                if (isScaled)
                {
                    // Both ends are rounded, not the length: it adds up.
                    var (begin, end) = (Scale(time), Scale(time + duration));
                    BinaryPrimitives.WriteUInt32BigEndian(moof[at..], (uint)(end - begin));
                }

                at += 4;
            }

            time += duration;
            var sizeAt = (flags & 0x200) != 0 ? at : 0;
            at += sizeAt > 0 ? 4 : 0;
            var own = (flags & 0x400) != 0 ? Number(moof, at) : usualFlags;
            at += (flags & 0x400) != 0 ? 4 : 0;
            if (sets is not null && sizeAt > 0 && MoofReader.IsSync(i == 0 && firstFlags is { } first ? first : own))
            {
                BinaryPrimitives.WriteUInt32BigEndian(moof[sizeAt..], Number(moof, sizeAt) + (uint)sets.Length);
            }

            if ((flags & 0x800) != 0)
            {
                if (isScaled)
                {
                    BinaryPrimitives.WriteInt32BigEndian(moof[at..], (int)Scale((int)Number(moof, at)));
                }

                at += 4;
            }
        }

        return time;

        long Scale(long units) => Mp4Time.Rescale(units, source.Timescale, patch.Timescale);
    }

    // Where all samples of a run have one size it stands in the track fragment's header; those that grow need their own.
    private void StateSizes(Span<byte> bytes, int length, int growth)
    {
        var source = bytes[..length].ToArray();
        bytes[length..(length + MdatHeader)].CopyTo(bytes[(length + growth)..]);
        var at = 8;
        source.AsSpan(0, 8).CopyTo(bytes);
        for (var place = 8; Mp4Box.TryRead(source, place, length, out var box); place = box.End)
        {
            if (box.Type == Mp4Box.Traf && Mp4Box.TryFind(source, box.Body, box.End, Mp4Box.Tfhd, out var tfhd) && TrackOf(source, tfhd) == header.Reference)
            {
                at = StateSizes(source, box, tfhd, bytes, at);
                continue;
            }

            source.AsSpan(box.Start..box.End).CopyTo(bytes[at..]);
            at += box.End - box.Start;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)at);
    }

    private int StateSizes(byte[] source, Mp4Box traf, Mp4Box tfhd, Span<byte> bytes, int at)
    {
        var defaults = MoofReader.Defaults(source, tfhd, header.Tracks[header.Reference]);
        var begin = at;
        source.AsSpan(traf.Start..traf.Body).CopyTo(bytes[at..]);
        at += traf.Body - traf.Start;
        for (var place = traf.Body; Mp4Box.TryRead(source, place, traf.End, out var box); place = box.End)
        {
            at = box.Type == Mp4Box.Trun && (Number(source, box.Body) & 0x200) == 0
                ? StateSizesOfRun(source, box, defaults.Size, bytes, at)
                : Copy(source.AsSpan(box.Start..box.End), bytes, at);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes[begin..], (uint)(at - begin));
        return at;
    }

    private static int StateSizesOfRun(byte[] source, Mp4Box trun, uint size, Span<byte> bytes, int at)
    {
        var (begin, word) = (at, Number(source, trun.Body));
        var flags = word & 0xffffff;
        var head = trun.Body + 8 + ((flags & 1) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 4 : 0);
        at = Copy(source.AsSpan(trun.Start..head), bytes, at);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(begin + trun.Body - trun.Start)..], word | 0x200);
        var count = Number(source, trun.Body + 4);
        for (var (i, place) = (0u, head); i < count; i++)
        {
            if ((flags & 0x100) != 0)
            {
                (at, place) = (Copy(source.AsSpan(place, 4), bytes, at), place + 4);
            }

            BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], size);
            at += 4;
            var rest = ((flags & 0x400) != 0 ? 4 : 0) + ((flags & 0x800) != 0 ? 4 : 0);
            (at, place) = (Copy(source.AsSpan(place, rest), bytes, at), place + rest);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes[begin..], (uint)(at - begin));
        return at;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to, int at)
    {
        from.CopyTo(to[at..]);
        return at + from.Length;
    }

    private int TrackOf(ReadOnlySpan<byte> moof, Mp4Box tfhd)
    {
        var id = Number(moof, tfhd.Body + 4);
        for (var track = 0; track < tracks.Count; track++)
        {
            if (header.Tracks[track].Id == id)
            {
                return track;
            }
        }

        return -1;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) =>
        at + 4 <= bytes.Length ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : 0;
}
