using System.Security.Cryptography;
using System.Text;

namespace Recorder.Actors.Playback;

/// <summary>A run of bytes of a virtual file.</summary>
/// <param name="Source">The file they are read from; null for <paramref name="Bytes"/>.</param>
/// <param name="Offset">Where to read there.</param>
/// <param name="Length">How many to read.</param>
/// <param name="Bytes">The bytes themselves where they are of no file.</param>
/// <param name="Patch">Where not null, what is read is a fragment's header, and this puts it on the timeline.</param>
/// <param name="Wanted">Which of the bytes, when <paramref name="Patch"/> has done with them; null is all.</param>
internal readonly record struct MediaPiece(
    IMediaSource? Source, long Offset, long Length, ReadOnlyMemory<byte> Bytes, Action<Memory<byte>>? Patch = null, Range? Wanted = null);

/// <summary>
/// One MP4 made of fragments of a recording's extents: its header is made, its media stays where it is. The same extents and the same
/// interval give the same bytes, also while the recording grows behind the interval.
/// </summary>
internal sealed class VirtualMp4
{
    private readonly IReadOnlyList<Span> _spans;
    private readonly byte[] _header;

    private VirtualMp4(IReadOnlyList<Span> spans, byte[] header, TimeSpan from, TimeSpan to, bool endsEarly, string name)
    {
        (_spans, _header, From, To, ParametersChange) = (spans, header, from, to, endsEarly);
        Length = spans[^1].Start + spans[^1].Bytes;
        ETag = TagOf(name);
    }

    /// <summary>Bytes of the whole.</summary>
    public long Length { get; }

    /// <summary>Names these bytes; without quotes.</summary>
    public string ETag { get; }

    /// <summary>Where it begins on the recording's timeline: at a key frame.</summary>
    public TimeSpan From { get; }

    /// <summary>Where it ends.</summary>
    public TimeSpan To { get; }

    /// <summary>Where its last fragment begins: a later end, and one as early as right behind this, make the same file.</summary>
    public TimeSpan LastFragment => _spans[^1].Part.TimeOf(_spans[^1].End - 1);

    /// <summary>Whether it ends before it should because the next extent needs another decoder.</summary>
    public bool ParametersChange { get; }

    /// <summary>Makes the file of an interval.</summary>
    /// <param name="extents">All extents that overlap the interval, in order.</param>
    /// <param name="from">Begins at the last key frame at or before this time; null at the beginning.</param>
    /// <param name="to">Ends with the fragment that reaches this time; null with the last.</param>
    /// <param name="name">Stands for the recording in the tag.</param>
    /// <returns>Null when there is no media in the interval.</returns>
    public static VirtualMp4? Build(IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to, string name)
    {
        var parts = Mp4Timeline.Place(extents).Where(part => !part.IsEmpty).ToList();
        if (parts.Count == 0)
        {
            return null;
        }

        var place = from is null ? 0 : Math.Max(0, parts.FindLastIndex(part => part.TimeOf(part.First) <= from));
        var first = from is null ? parts[place].First : KeyAt(parts[place], from.Value);
        var header = parts[place].Header;
        var zero = parts[place].TimeOf(first);
        var skips = SkipsOf(parts[place], first, zero);
        var ends = new FragmentRun[header.Tracks.Count];
        ends.AsSpan().Fill(FragmentRun.None);
        var spans = new List<Span>();
        var runs = new List<IndexedRun>();
        var changes = false;
        var number = 1u;
        for (; place < parts.Count && !changes; place++)
        {
            var part = parts[place];
            var start = spans.Count == 0 ? first : part.First;
            var end = to is null ? part.Count : FragmentMap.Search(part.Count, index => index >= start && part.TimeOf(index) >= to);
            if (end <= start)
            {
                break;
            }

            if (changes = !part.Header.Fits(header))
            {
                break;
            }

            var shifts = Mp4Timeline.ShiftsOf(part, start..end, zero, skips, ends);
            spans.Add(new Span(part, start, end, shifts, number, 0));
            number += (uint)(end - start);
            AddRuns(runs, part, start, end, shifts[header.Reference], ends[header.Reference]);
        }

        if (spans.Count == 0)
        {
            return null;
        }

        var reference = header.Reference;
        var total = Mp4Timeline.ToTime(ends[reference].End - skips[reference] + Shown(spans, reference), header.Tracks[reference].Timescale);
        var bytes = Mp4HeaderWriter.Write(header, skips, total, 0, Durations(runs, ends[reference].End));
        return new VirtualMp4(Place(spans, bytes.Length), bytes, zero, zero + total, changes, name);
    }

    /// <summary>The pieces of a part of the file, in order.</summary>
    public IEnumerable<MediaPiece> Pieces(long offset, long length)
    {
        var end = Math.Min(offset + length, Length);
        if (offset < _header.Length && offset < end)
        {
            var part = _header.AsMemory((int)offset, (int)(Math.Min(end, _header.Length) - offset));
            yield return new MediaPiece(null, 0, part.Length, part);
        }

        foreach (var span in _spans)
        {
            if (span.Start >= end)
            {
                yield break;
            }

            if (span.Start + span.Bytes <= offset)
            {
                continue;
            }

            foreach (var piece in span.Pieces(Math.Max(offset, span.Start), end))
            {
                yield return piece;
            }
        }
    }

    private static int KeyAt(ExtentPart part, TimeSpan from)
    {
        // Times are rounded on their way through a URL.
        from += TimeSpan.FromMilliseconds(1);
        for (var index = FragmentMap.Search(part.Count, index => part.TimeOf(index) > from) - 1; index > part.First; index--)
        {
            if (part.Map[index].Key)
            {
                return index;
            }
        }

        return part.First;
    }

    // What of each track is decoded before the first picture is shown.
    private static long[] SkipsOf(ExtentPart part, int first, TimeSpan zero)
    {
        var tracks = part.Header.Tracks;
        var skips = new long[tracks.Count];
        for (var track = 0; track < skips.Length; track++)
        {
            var run = FragmentRun.None;
            for (var i = first; i < part.Count && !run.Exists; i++)
            {
                run = part.Map.Run(i, track);
            }

            var shown = Mp4Timeline.ToUnits(part.Zero - zero, tracks[track].Timescale) + run.Start - tracks[track].Delay;
            skips[track] = run.Exists ? Math.Max(0, -shown) : 0;
        }

        return skips;
    }

    // By how much the last pictures are shown after they are decoded: the same as the first, with a steady order.
    private static long Shown(List<Span> spans, int track) =>
        spans[0].Part.Map.Run(spans[0].First, track) is { Exists: true } run ? Math.Max(0, run.Shown) : 0;

    private static void AddRuns(List<IndexedRun> runs, ExtentPart part, int start, int end, long shift, FragmentRun closing)
    {
        var reference = part.Header.Reference;
        for (var index = start; index < end; index++)
        {
            var fragment = part.Map[index];
            var run = part.Map.Run(index, reference);
            var length = (index + 1 < end ? part.Map[index + 1].Offset : fragment.Offset + fragment.Length) - fragment.Offset;
            if ((fragment.Key && run.Exists) || runs.Count == 0 || runs[^1].Bytes + length > int.MaxValue)
            {
                // For now the start; durations follow from what comes next.
                runs.Add(new IndexedRun(length, run.Exists ? run.Start + shift : closing.Start, fragment.Key));
            }
            else
            {
                runs[^1] = runs[^1] with { Bytes = runs[^1].Bytes + length };
            }
        }
    }

    private static List<IndexedRun> Durations(List<IndexedRun> starts, long end)
    {
        for (var i = 0; i < starts.Count; i++)
        {
            var next = i + 1 < starts.Count ? starts[i + 1].Duration : end;
            starts[i] = starts[i] with { Duration = Math.Max(0, next - starts[i].Duration) };
        }

        return starts;
    }

    private static List<Span> Place(List<Span> spans, long start)
    {
        for (var i = 0; i < spans.Count; i++)
        {
            spans[i] = spans[i] with { Start = start };
            start += spans[i].Bytes;
        }

        return spans;
    }

    private string TagOf(string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData(_header);
        foreach (var span in _spans)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"/{span.Part.Row.Node}/{span.Part.Row.Number}.{span.Part.Row.Epoch}:{span.First}-{span.End}@{span.Offset}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }

    /// <summary>Fragments of one extent that follow one another in its file.</summary>
    private sealed record Span(ExtentPart Part, int First, int End, long[] Shifts, uint Number, long Start)
    {
        public long Offset { get; } = Part.Map[First].Offset;

        public long Bytes { get; } = BytesOf(Part.Map, First, End);

        public IEnumerable<MediaPiece> Pieces(long offset, long end)
        {
            // Between fragments there may be bytes of none: places are those of the virtual file, which leaves nothing out.
            var place = FragmentMap.Search(End, index => index >= First && Start + Part.Map[index].Offset - Offset > offset) - 1;
            for (var index = Math.Max(place, First); index < End; index++)
            {
                var fragment = Part.Map[index];
                var at = Start + fragment.Offset - Offset;
                if (at >= end)
                {
                    yield break;
                }

                var next = index + 1 < End ? Start + Part.Map[index + 1].Offset - Offset : at + fragment.Length;
                var data = at + fragment.Header;
                if (offset < data)
                {
                    var skip = (int)Math.Max(0, offset - at);
                    var number = Number + (uint)(index - First);
                    yield return new MediaPiece(
                        Part.Source, fragment.Offset, fragment.Header, default,
                        bytes => MoofReader.Patch(bytes.Span, number, Shifts, Part.Header), skip..(int)Math.Min(fragment.Header, end - at));
                }

                var from = Math.Max(offset, data);
                var until = Math.Min(end, next);
                if (from < until)
                {
                    yield return new MediaPiece(Part.Source, fragment.Offset + from - at, until - from, default);
                }
            }
        }

        private static long BytesOf(FragmentMap map, int first, int end) =>
            map[end - 1].Offset + map[end - 1].Length - map[first].Offset;
    }
}
