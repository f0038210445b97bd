using System.Globalization;
using System.Text;
using Recorder.Media.Fragments;

namespace Recorder.Media.Hls;

/// <summary>
/// Writes a recording as an HLS playlist (RFC 8216, version 8). Segments are byte ranges of the extents, which stay where they
/// are; a segment whose sound is missing is a URL of its own, which adds silence.
/// </summary>
internal sealed class HlsPlaylist
{
    public const string MediaType = "application/vnd.apple.mpegurl";

    // An entry is as long as a segment at most, so a longer gap would be many entries: it is stated by the time of day alone.
    private static readonly TimeSpan LongestGap = TimeSpan.FromHours(1);

    private readonly StringBuilder _body = new();
    private readonly Func<Extent, string, string> _urlOf;
    private TimeSpan? _endOfLast;
    private bool _isIndependent;

    private HlsPlaylist(Func<Extent, string, string> urlOf, bool isIndependent) =>
        (_urlOf, _isIndependent) = (urlOf, isIndependent);

    /// <param name="grows">Whether more is to come: the segment that is not complete is left out, and players ask again.</param>
    /// <param name="urlOf">The URL of a name below an extent (<c>3.mp4</c>); null: relative to the playlist.</param>
    public static string Write(
        IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to, bool grows, Func<Extent, string, string>? urlOf = null)
    {
        var playlist = new HlsPlaylist(urlOf ?? ((_, name) => $"extents/{name}"), isIndependent: !grows);
        var parts = Mp4Timeline.Place(extents).Where(part => !part.IsEmpty).ToList();
        var sound = HlsHeader.SoundOf(parts);
        var hasVideo = parts.Exists(part => part.Header.Tracks.Any(track => track.IsVideo));
        foreach (var part in parts)
        {
            // No player accepts video that begins later, so an extent with sound alone is a gap among extents with video.
            if (!hasVideo || part.Header.Tracks.Any(track => track.IsVideo))
                playlist.AddPart(part, HlsHeader.Of(part, sound), from, to, isOpen: grows && part == parts[^1]);
        }

        return playlist.Compose(grows);
    }

    private void AddPart(ExtentPart part, HlsHeader header, TimeSpan? from, TimeSpan? to, bool isOpen)
    {
        var needsMap = true;
        foreach (var segment in HlsSegments.Of(part, isOpen))
        {
            var (begin, end) = (part.TimeOf(segment.First), part.EndOf(segment.End - 1));
            if (end <= from || begin >= to)
                continue;

            if (begin - _endOfLast is { } gap && gap >= HlsSegments.ShortestGap)
            {
                needsMap |= gap > LongestGap;
                AddGap(gap);
            }

            if (needsMap)
            {
                AddMap(part, header, begin);
                needsMap = false;
            }

            // The rest of a frame that lasts longer than a segment may becomes a gap behind the segment.
            end = end - begin > HlsSegments.Longest + HlsSegments.ShortestGap ? begin + HlsSegments.Longest : end;
            AddSegment(part, segment, header, end - begin);
            _isIndependent &= part.Map[segment.First].Key;
            _endOfLast = end;
        }
    }

    private string Compose(bool grows)
    {
        var head = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:8\n");
        head.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{(long)HlsSegments.Longest.TotalSeconds}\n");
        head.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:{(grows ? "EVENT" : "VOD")}\n");
        head.Append(_isIndependent ? "#EXT-X-INDEPENDENT-SEGMENTS\n" : "").Append(_body);
        return head.Append(grows ? "" : "#EXT-X-ENDLIST\n").ToString();
    }

    private void AddMap(ExtentPart part, HlsHeader header, TimeSpan begin)
    {
        var captured = part.Extent.CapturedAt + (begin - part.Extent.MediaTime);
        var query = header.Without.Select(id => string.Create(CultureInfo.InvariantCulture, $"without={id}"));
        if (header is { Track: < 0, Sound: { } added })
            query = query.Prepend($"sound={added.Name}");

        var map = header.IsMade
            ? $"URI=\"{_urlOf(part.Extent, $"{part.Extent.Number}/header.mp4?{string.Join('&', query)}")}\""
            : $"URI=\"{_urlOf(part.Extent, $"{part.Extent.Number}.mp4")}\",BYTERANGE=\"{part.Header.Bytes.Length}@0\"";
        _body.Append(_endOfLast is null ? "" : "#EXT-X-DISCONTINUITY\n").Append("#EXT-X-MAP:").Append(map).Append('\n');
        _body.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{captured.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n");
    }

    private void AddSegment(ExtentPart part, HlsSegment segment, HlsHeader header, TimeSpan duration)
    {
        AddDuration(duration);
        if (header.Sound is { } sound && SilentHoles.Of(part, segment, header.Track, sound).Count > 0)
        {
            var added = header.Track < 0 ? $"&sound={sound.Name}" : "";
            var (number, count) = (part.Extent.Number, segment.End - segment.First);
            var query = string.Create(CultureInfo.InvariantCulture, $"first={segment.First}&count={count}{added}");
            _body.Append(_urlOf(part.Extent, $"{number}/segment.mp4?{query}")).Append('\n');
            return;
        }

        var (opening, closing) = (part.Map[segment.First], part.Map[segment.End - 1]);
        var length = closing.Offset + closing.Length - opening.Offset;
        _body.Append(CultureInfo.InvariantCulture, $"#EXT-X-BYTERANGE:{length}@{opening.Offset}\n");
        _body.Append(_urlOf(part.Extent, $"{part.Extent.Number}.mp4")).Append('\n');
    }

    private void AddGap(TimeSpan gap)
    {
        for (; gap > TimeSpan.Zero && gap <= LongestGap; gap -= HlsSegments.Longest)
        {
            _body.Append("#EXT-X-GAP\n");
            AddDuration(gap < HlsSegments.Longest ? gap : HlsSegments.Longest);
            _body.Append("gap.mp4\n");
        }
    }

    private void AddDuration(TimeSpan duration) =>
        _body.Append(CultureInfo.InvariantCulture, $"#EXTINF:{duration.TotalSeconds:0.000000},\n");
}
