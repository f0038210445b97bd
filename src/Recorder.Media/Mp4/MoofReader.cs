using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

/// <summary>What a fragment's header says besides what it holds of each track.</summary>
/// <param name="HasPictures">Whether there is something of the first track of pictures.</param>
/// <param name="StartsWithKey">Whether that begins where decoding can.</param>
/// <param name="Keys">
/// Where the key frames of that track begin, counted from the fragment's beginning; null where that cannot be told.
/// </param>
/// <param name="Growth">By how many bytes the header grows when it states the size of each sample of that track.</param>
internal readonly record struct MoofFacts(bool HasPictures, bool StartsWithKey, IReadOnlyList<int>? Keys, int Growth);

/// <summary>Reads the header of a fragment.</summary>
internal static class MoofReader
{
    private const uint NotSync = 0x00010000;
    private const uint BaseIsMoof = 0x020000;

    /// <summary>Fills in what the fragment holds of each track.</summary>
    public static MoofFacts Read(ReadOnlySpan<byte> moof, Mp4Header header, Span<FragmentRun> runs)
    {
        runs.Fill(FragmentRun.None);
        var keys = new List<int>(1);
        var (pictures, starts, growth, isKnown) = (false, false, 0, true);
        foreach (var traf in Fragments(moof))
        {
            if (!Mp4Box.TryFind(moof, traf.Body, traf.End, Mp4Box.Tfhd, out var tfhd))
            {
                continue;
            }

            var id = Number(moof, tfhd.Body + 4);
            for (var track = 0; track < runs.Length; track++)
            {
                if (header.Tracks[track].Id != id)
                {
                    continue;
                }

                var isReference = track == header.Reference && header.Tracks[track].IsVideo;
                var samples = new Samples(moof, traf, tfhd, header.Tracks[track]);
                runs[track] = samples.Read(runs[track], isReference ? keys : null);
                if (isReference && samples.Count > 0)
                {
                    starts = pictures ? starts : samples.StartsWithSync;
                    pictures = true;
                    growth += samples.Growth;
                    isKnown &= samples.PlacesAreKnown;
                }
            }
        }

        return new MoofFacts(pictures, starts, isKnown ? keys : null, keys.Count > 0 ? growth : 0);
    }

    /// <summary>The track fragments in a fragment's header.</summary>
    public static List<Mp4Box> Fragments(ReadOnlySpan<byte> moof)
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

    /// <summary>The defaults that a track fragment's header states, else those of the track; and where the header has them, 0 where it does not.</summary>
    public static (uint Duration, int DurationAt, uint Size, uint Flags) Defaults(ReadOnlySpan<byte> moof, Mp4Box tfhd, Mp4Track track)
    {
        var stated = Number(moof, tfhd.Body) & 0xffffff;
        var at = tfhd.Body + 8 + ((stated & 1) != 0 ? 8 : 0) + ((stated & 2) != 0 ? 4 : 0);
        var durationAt = (stated & 8) != 0 ? at : 0;
        var duration = durationAt > 0 ? Take(moof, ref at) : track.DefaultDuration;
        var size = (stated & 0x10) != 0 ? Take(moof, ref at) : track.DefaultSize;
        var flags = (stated & 0x20) != 0 ? Take(moof, ref at) : track.DefaultFlags;
        return (duration, durationAt, size, flags);
    }

    /// <summary>Whether decoding can begin at a sample of these flags.</summary>
    public static bool IsSync(uint flags) => (flags & NotSync) == 0;

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

    /// <summary>The samples of one track fragment.</summary>
    private ref struct Samples(ReadOnlySpan<byte> moof, Mp4Box traf, Mp4Box tfhd, Mp4Track track)
    {
        private readonly ReadOnlySpan<byte> _moof = moof;

        public int Count { get; private set; }

        public bool StartsWithSync { get; private set; }

        public int Growth { get; private set; }

        // Counted from the fragment's beginning, and stated: else only who reads on knows where a sample lies.
        public bool PlacesAreKnown { get; private set; } = (Number(moof, tfhd.Body) & (BaseIsMoof | 1)) == BaseIsMoof;

        public FragmentRun Read(FragmentRun before, List<int>? keys)
        {
            var defaults = Defaults(_moof, tfhd, track);
            var run = before.Exists ? before : new FragmentRun(StartOf(_moof, traf), 0, defaults.Duration, 0);
            for (var place = traf.Body; Mp4Box.TryRead(_moof, place, traf.End, out var box); place = box.End)
            {
                if (box.Type != Mp4Box.Trun)
                {
                    continue;
                }

                var flags = Number(_moof, box.Body) & 0xffffff;
                var count = Number(_moof, box.Body + 4);
                var at = box.Body + 8;
                PlacesAreKnown &= (flags & 1) != 0;
                var data = (flags & 1) != 0 ? (int)Take(_moof, ref at) : 0;
                uint? first = (flags & 4) != 0 ? Take(_moof, ref at) : null;
                for (var i = 0u; i < count && at <= box.End; i++)
                {
                    var duration = (flags & 0x100) != 0 ? Take(_moof, ref at) : defaults.Duration;
                    var size = (flags & 0x200) != 0 ? Take(_moof, ref at) : defaults.Size;
                    var own = (flags & 0x400) != 0 ? Take(_moof, ref at) : defaults.Flags;
                    var shown = (flags & 0x800) != 0 ? (int)Take(_moof, ref at) : 0;
                    var isSync = IsSync(i == 0 && first is { } stated ? stated : own);
                    if (isSync)
                    {
                        keys?.Add(data);
                    }

                    if (Count++ == 0 && !before.Exists)
                    {
                        run = run with { Shown = shown };
                    }

                    StartsWithSync |= Count == 1 && isSync;
                    data += (int)size;
                    run = run with { Duration = run.Duration + duration, LastDuration = duration };
                }

                Growth += (flags & 0x200) == 0 ? 4 * (int)count : 0;
            }

            return Count > 0 || before.Exists ? run : FragmentRun.None;
        }
    }
}
