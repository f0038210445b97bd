using System.Buffers.Binary;

namespace Recorder.Actors.Playback;

/// <summary>Reads and rewrites the header of a fragment.</summary>
internal static class MoofReader
{
    private const uint NotSync = 0x00010000;

    /// <summary>Fills in what the fragment holds of each track.</summary>
    /// <returns>Whether the reference track's first sample is a key frame.</returns>
    public static bool Read(ReadOnlySpan<byte> moof, Mp4Header header, Span<FragmentRun> runs)
    {
        runs.Fill(FragmentRun.None);
        var (key, reference) = (false, header.Reference);
        foreach (var traf in Fragments(moof))
        {
            if (!Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfhd, out var tfhd))
            {
                continue;
            }

            var id = Number(moof, tfhd.Body + 4);
            for (var track = 0; track < runs.Length; track++)
            {
                if (header.Tracks[track].Id == id)
                {
                    runs[track] = ReadRun(moof, traf, tfhd, header.Tracks[track], runs[track], out var flags);
                    key |= track == reference && (flags & NotSync) == 0;
                }
            }
        }

        return key;
    }

    /// <summary>Puts the fragment on another timeline: nothing changes its length.</summary>
    /// <param name="moof">The fragment's header.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="shifts">What is added to the times of each track of <paramref name="header"/>.</param>
    /// <param name="header">The tracks.</param>
    public static void Patch(Span<byte> moof, uint sequence, ReadOnlySpan<long> shifts, Mp4Header header)
    {
        if (Mp4Box.TryFind(moof, 8, moof.Length, Mp4Box.Mfhd, out var mfhd))
        {
            BinaryPrimitives.WriteUInt32BigEndian(moof[(mfhd.Body + 4)..], sequence);
        }

        foreach (var traf in Fragments(moof))
        {
            if (!Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfhd, out var tfhd) ||
                !Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfdt, out var tfdt))
            {
                continue;
            }

            var id = Number(moof, tfhd.Body + 4);
            for (var track = 0; track < shifts.Length; track++)
            {
                if (header.Tracks[track].Id != id)
                {
                    continue;
                }

                var time = moof[(tfdt.Body + 4)..];
                if (moof[tfdt.Body] == 1)
                {
                    BinaryPrimitives.WriteInt64BigEndian(time, Math.Max(0, BinaryPrimitives.ReadInt64BigEndian(time) + shifts[track]));
                }
                else
                {
                    BinaryPrimitives.WriteUInt32BigEndian(
                        time, (uint)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(time) + shifts[track], 0, uint.MaxValue));
                }
            }
        }
    }

    private static List<Mp4Box> Fragments(ReadOnlySpan<byte> moof)
    {
        var found = new List<Mp4Box>(2);
        for (var at = 8; Mp4Box.TryRead(moof, at, moof.Length, out var box); at = box.End)
        {
            if (box.Type == Mp4Box.Traf)
            {
                found.Add(box);
            }
        }

        return found;
    }

    private static FragmentRun ReadRun(
        ReadOnlySpan<byte> moof, Mp4Box traf, Mp4Box tfhd, Mp4Track track, FragmentRun before, out uint firstFlags)
    {
        var stated = Number(moof, tfhd.Body) & 0xffffff;
        var at = tfhd.Body + 8 + ((stated & 1) != 0 ? 8 : 0) + ((stated & 2) != 0 ? 4 : 0);
        var usual = (stated & 8) != 0 ? Take(moof, ref at) : track.DefaultDuration;
        at += (stated & 0x10) != 0 ? 4 : 0;
        firstFlags = (stated & 0x20) != 0 ? Take(moof, ref at) : track.DefaultFlags;
        var run = before.Exists ? before : new FragmentRun(StartOf(moof, traf), 0, usual, 0);
        var any = before.Exists;
        for (var place = traf.Body; Mp4Box.TryRead(moof, place, traf.End, out var box); place = box.End)
        {
            if (box.Type != Mp4Box.Trun)
            {
                continue;
            }

            var flags = Number(moof, box.Body) & 0xffffff;
            var count = Number(moof, box.Body + 4);
            var sample = box.Body + 8 + ((flags & 1) != 0 ? 4 : 0);
            var first = (flags & 4) != 0 ? Take(moof, ref sample) : firstFlags;
            for (var i = 0u; i < count && sample <= box.End; i++)
            {
                var duration = (flags & 0x100) != 0 ? Take(moof, ref sample) : usual;
                sample += (flags & 0x200) != 0 ? 4 : 0;
                var own = (flags & 0x400) != 0 ? Take(moof, ref sample) : firstFlags;
                var shown = (flags & 0x800) != 0 ? (int)Take(moof, ref sample) : 0;
                if (!any)
                {
                    (any, run) = (true, run with { Shown = shown });
                    firstFlags = (flags & 4) != 0 ? first : own;
                }

                run = run with { Duration = run.Duration + duration, LastDuration = duration };
            }
        }

        return any ? run : FragmentRun.None;
    }

    private static long StartOf(ReadOnlySpan<byte> moof, Mp4Box traf) =>
        !Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfdt, out var tfdt) ? 0
        : moof[tfdt.Body] == 1 ? BinaryPrimitives.ReadInt64BigEndian(moof[(tfdt.Body + 4)..])
        : Number(moof, tfdt.Body + 4);

    private static uint Take(ReadOnlySpan<byte> bytes, ref int at)
    {
        var number = Number(bytes, at);
        at += 4;
        return number;
    }

    // What is cut off reads as 0: a map made of damaged bytes is useless, but no fault.
    private static uint Number(ReadOnlySpan<byte> bytes, int at) =>
        at + 4 <= bytes.Length ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : 0;
}
