using System.Security.Cryptography;
using System.Text;
using Recorder.Media.Fragments;

namespace Recorder.Media.VirtualFiles;

/// <summary>
/// One MP4 made of fragments of a recording's extents: its header is made, its media stays where it is. The same extents and the
/// same interval give the same bytes, also while the recording grows behind the interval.
/// </summary>
internal sealed class VirtualMp4
{
    private readonly IReadOnlyList<VirtualSpan> _spans;
    private readonly byte[] _header;
    private readonly FragmentRange _last;

    private VirtualMp4(
        IReadOnlyList<VirtualSpan> spans, byte[] header, TimeSpan from, TimeSpan duration, CodecChange? change, string name)
    {
        (_spans, _header, From, To, Change) = (spans, header, from, from + duration, change);
        _last = spans.OfType<FragmentSpan>().Last().Range;
        Length = spans[^1].Start + spans[^1].Bytes;
        ETag = TagOf(name);
    }

    public long Length { get; }

    /// <summary>Entity tag of these bytes, without quotes.</summary>
    public string ETag { get; }

    /// <summary>Where the file begins on the recording's timeline: at a key frame.</summary>
    public TimeSpan From { get; }

    public TimeSpan To { get; }

    /// <summary>Where the last fragment begins: every end of the interval within it gives the same file.</summary>
    public TimeSpan LastFragment => _last.Part.TimeOf(_last.End - 1);

    /// <summary>The change of codec where the file ends before the interval does; null when it is complete.</summary>
    public CodecChange? Change { get; }

    /// <param name="to">The file ends with the fragment that reaches this time; null with the last fragment.</param>
    /// <param name="silence">Whether to add silence where video has no sound, because players wait for it.</param>
    public static VirtualMp4? Build(
        IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to, string name, bool silence = true)
    {
        var ranges = RangesOf(Mp4Timeline.Place(extents).Where(part => !part.IsEmpty).ToList(), from, to);
        var tracks = VirtualTracks.Of(ranges);
        if (tracks.Ranges == 0 || tracks.All.Count == 0)
            return null;

        var layout = new VirtualLayout(tracks, ranges[0], silence);
        for (var i = 0; i < tracks.Ranges; i++)
            layout.Add(ranges[i], tracks.TrackMapOf(i), isLast: i == tracks.Ranges - 1);

        var zero = ranges[0].Part.TimeOf(ranges[0].First);
        var header = Mp4HeaderWriter.Write(tracks, layout.Skips, layout.Duration, layout.Index());
        return new VirtualMp4(layout.SpansBehind(header.Length), header, zero, layout.Duration, tracks.Change, name);
    }

    public IEnumerable<MediaPiece> Pieces(long offset, long length)
    {
        var end = Math.Min(offset + length, Length);
        if (offset < _header.Length && offset < end)
            yield return MediaPiece.Of(_header.AsMemory((int)offset, (int)(Math.Min(end, _header.Length) - offset)));

        var first = Math.Max(0, FragmentMap.Search(_spans.Count, index => _spans[index].Start > offset) - 1);
        for (var i = first; i < _spans.Count && _spans[i].Start < end; i++)
        {
            foreach (var piece in _spans[i].Pieces(Math.Max(offset, _spans[i].Start), end))
                yield return piece;
        }
    }

    private static List<FragmentRange> RangesOf(List<ExtentPart> parts, TimeSpan? from, TimeSpan? to)
    {
        var ranges = new List<FragmentRange>();
        var first = from is null ? 0 : Math.Max(0, parts.FindLastIndex(part => part.TimeOf(part.First) <= from));
        foreach (var part in parts.Skip(first))
        {
            var start = ranges.Count == 0 && from is not null ? KeyAtOrBefore(part, from.Value) : part.First;
            var end = FragmentMap.Search(part.Count, index => index >= start && part.TimeOf(index) >= to);
            if (end <= start)
                break;

            ranges.Add(new FragmentRange(part, start, end));
        }

        return ranges;
    }

    private static int KeyAtOrBefore(ExtentPart part, TimeSpan from)
    {
        // Times in URLs are rounded to milliseconds.
        from += TimeSpan.FromMilliseconds(1);
        for (var index = FragmentMap.Search(part.Count, index => part.TimeOf(index) > from) - 1; index > part.First; index--)
        {
            if (part.Map[index].Key)
                return index;
        }

        return part.First;
    }

    private string TagOf(string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData(_header);
        foreach (var span in _spans)
            hash.AppendData(Encoding.UTF8.GetBytes(span.Name));

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }
}
