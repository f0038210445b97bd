using System.Globalization;
using System.Text;
using Recorder.Media.Fragments;

namespace Recorder.Media.Hls;

/// <summary>
/// A recording as an HLS playlist (RFC 8216, version 7): groups of pictures as byte ranges of the extents, which stay where they are; segments
/// whose sound is missing as URLs of their own, with silence in its place.
/// </summary>
internal static class HlsPlaylist
{
    public const string MediaType = "application/vnd.apple.mpegurl";

    // Each entry of a playlist is bounded, so a longer gap would be many: the time of day alone tells it.
    private static readonly TimeSpan LongestGap = TimeSpan.FromHours(1);

    private static TimeSpan ShortestGap => HlsSegments.ShortestGap;

    /// <param name="extents">All extents that overlap the interval, in order.</param>
    /// <param name="from">Where it begins; null at the beginning.</param>
    /// <param name="to">Where it ends; null with the last.</param>
    /// <param name="grows">Whether more is to come: the segment that is not complete is left out, and a player asks again.</param>
    /// <param name="urlOf">The URL of something below an extent (<c>3.mp4</c>, <c>3/header.mp4?…</c>); null is relative to the playlist's.</param>
    public static string Write(
        IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to, bool grows, Func<Extent, string, string>? urlOf = null)
    {
        urlOf ??= (_, name) => $"extents/{name}";
        var body = new StringBuilder();
        var parts = Mp4Timeline.Place(extents).Where(part => !part.IsEmpty).ToList();
        var sound = HlsHeader.SoundOf(parts);
        var hasPictures = parts.Exists(part => part.Header.Tracks.Any(track => track.IsVideo));
        var (isIndependent, ended) = (!grows, (TimeSpan?)null);
        foreach (var part in parts)
        {
            // No player takes pictures that begin later: what is sound alone before or between them is a gap here.
            if (hasPictures && part.Header.Tracks.All(track => !track.IsVideo))
            {
                continue;
            }

            var (header, isFirst) = (HlsHeader.Of(part, sound), true);
            foreach (var segment in HlsSegments.Of(part, isOpen: grows && part == parts[^1]))
            {
                var (begins, ends) = (part.TimeOf(segment.First), part.EndOf(segment.End - 1));
                if (ends <= from || begins >= to)
                {
                    continue;
                }

                if (ended is { } before && begins - before >= ShortestGap)
                {
                    isFirst |= begins - before > LongestGap;
                    WriteGap(body, begins - before);
                }

                if (isFirst)
                {
                    WriteMap(body, part, header, urlOf, begins, isFirst: ended is null);
                    isFirst = false;
                }

                // What one picture lasts longer than a segment may is told as a gap behind it.
                ends = ends - begins > HlsSegments.Longest + ShortestGap ? begins + HlsSegments.Longest : ends;
                WriteSegment(body, part, segment, header, urlOf, ends - begins);
                isIndependent &= part.Map[segment.First].Key;
                ended = ends;
            }
        }

        var head = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:8\n");
        head.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{(long)HlsSegments.Longest.TotalSeconds}\n#EXT-X-MEDIA-SEQUENCE:0\n");
        head.Append(grows ? "#EXT-X-PLAYLIST-TYPE:EVENT\n" : "#EXT-X-PLAYLIST-TYPE:VOD\n").Append(isIndependent ? "#EXT-X-INDEPENDENT-SEGMENTS\n" : "");
        return head.Append(body).Append(grows ? "" : "#EXT-X-ENDLIST\n").ToString();
    }

    private static void WriteMap(
        StringBuilder body, ExtentPart part, HlsHeader header, Func<Extent, string, string> urlOf, TimeSpan begins, bool isFirst)
    {
        var captured = part.Row.CapturedAt + (begins - part.Row.MediaTime);
        var query = string.Join('&', header.Without.Select(without => string.Create(CultureInfo.InvariantCulture, $"without={without}"))
            .Prepend(header is { Track: < 0, Sound: { } added } ? $"sound={added.Name}" : "").Where(parameter => parameter.Length > 0));
        var map = header.IsMade
            ? $"URI=\"{urlOf(part.Row, $"{part.Row.Number}/header.mp4?{query}")}\""
            : $"URI=\"{urlOf(part.Row, $"{part.Row.Number}.mp4")}\",BYTERANGE=\"{part.Header.Bytes.Length}@0\"";
        body.Append(isFirst ? "" : "#EXT-X-DISCONTINUITY\n").Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:{map}\n");
        body.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{captured.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n");
    }

    private static void WriteSegment(
        StringBuilder body, ExtentPart part, HlsSegment segment, HlsHeader header, Func<Extent, string, string> urlOf, TimeSpan duration)
    {
        body.Append(Duration(duration.TotalSeconds));
        if (header.Sound is { } sound && HlsSegments.Holes(part, segment, header.Track, sound).Count > 0)
        {
            var added = header.Track < 0 ? $"&sound={sound.Name}" : "";
            var name = string.Create(
                CultureInfo.InvariantCulture, $"{part.Row.Number}/segment.mp4?first={segment.First}&count={segment.End - segment.First}{added}");
            body.Append(CultureInfo.InvariantCulture, $"{urlOf(part.Row, name)}\n");
            return;
        }

        var (opening, closing) = (part.Map[segment.First], part.Map[segment.End - 1]);
        var length = closing.Offset + closing.Length - opening.Offset;
        body.Append(CultureInfo.InvariantCulture, $"#EXT-X-BYTERANGE:{length}@{opening.Offset}\n{urlOf(part.Row, $"{part.Row.Number}.mp4")}\n");
    }

    private static void WriteGap(StringBuilder body, TimeSpan gap)
    {
        for (; gap > TimeSpan.Zero && gap <= LongestGap; gap -= HlsSegments.Longest)
        {
            var part = gap < HlsSegments.Longest ? gap : HlsSegments.Longest;
            body.Append("#EXT-X-GAP\n").Append(Duration(part.TotalSeconds)).Append("gap.mp4\n");
        }
    }

    private static string Duration(double seconds) => string.Create(CultureInfo.InvariantCulture, $"#EXTINF:{seconds:0.000000},\n");
}
