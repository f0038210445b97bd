using System.Globalization;
using System.Text;
using Recorder.Actors.Catalogue;

namespace Recorder.Actors.Playback;

/// <summary>
/// A recording as an HLS playlist (RFC 8216, version 7): groups of pictures as byte ranges of the extents, which stay where they are.
/// </summary>
internal static class HlsPlaylist
{
    public const string MediaType = "application/vnd.apple.mpegurl";

    // A longer stretch without media is told as a gap; a shorter one players pass over.
    private static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(0.5);

    // Segments that are shorter join with the next: playlists stay short, and players ask seldom.
    private static readonly TimeSpan ShortestSegment = TimeSpan.FromSeconds(1);

    /// <param name="extents">All extents that overlap the interval, in order.</param>
    /// <param name="from">Where it begins; null at the beginning.</param>
    /// <param name="to">Where it ends; null with the last.</param>
    /// <param name="grows">Whether more is to come: the group of pictures that is not complete is left out, and a player asks again.</param>
    /// <param name="urlOf">The URL of an extent; null is relative to the playlist's.</param>
    public static string Write(
        IReadOnlyList<ExtentPart> extents, TimeSpan? from, TimeSpan? to, bool grows, Func<ExtentRow, string>? urlOf = null)
    {
        urlOf ??= extent => $"extents/{extent.Number}.mp4";
        var body = new StringBuilder();
        var longest = 1.0;
        TimeSpan? ended = null;
        var parts = Mp4Timeline.Place(extents).Where(part => !part.IsEmpty).ToList();
        foreach (var part in parts)
        {
            var first = true;
            var lastPart = part == parts[^1];
            foreach (var (start, end) in Segments(part, grows && lastPart))
            {
                var (begins, ends) = (part.TimeOf(start), part.EndOf(end - 1));
                if (ends <= from || begins >= to)
                {
                    continue;
                }

                if (ended is { } before && begins - before >= ShortestGap)
                {
                    var gap = (begins - before).TotalSeconds;
                    longest = Math.Max(longest, gap);
                    body.Append("#EXT-X-GAP\n").Append(Duration(gap)).Append("gap.mp4\n");
                }

                if (first)
                {
                    WriteMap(body, part, urlOf(part.Row), begins, isFirst: ended is null);
                    first = false;
                }

                var (opening, closing) = (part.Map[start], part.Map[end - 1]);
                var seconds = (ends - begins).TotalSeconds;
                longest = Math.Max(longest, seconds);
                body.Append(Duration(seconds)).Append(CultureInfo.InvariantCulture,
                    $"#EXT-X-BYTERANGE:{closing.Offset + closing.Length - opening.Offset}@{opening.Offset}\n{urlOf(part.Row)}\n");
                ended = ends;
            }
        }

        var head = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:8\n");
        head.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{(long)Math.Ceiling(longest)}\n#EXT-X-MEDIA-SEQUENCE:0\n");
        head.Append(grows ? "#EXT-X-PLAYLIST-TYPE:EVENT\n" : "#EXT-X-PLAYLIST-TYPE:VOD\n").Append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        return head.Append(body).Append(grows ? "" : "#EXT-X-ENDLIST\n").ToString();
    }

    private static void WriteMap(StringBuilder body, ExtentPart part, string url, TimeSpan begins, bool isFirst)
    {
        var captured = part.Row.CapturedAt + (begins - part.Row.MediaTime);
        body.Append(isFirst ? "" : "#EXT-X-DISCONTINUITY\n");
        body.Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{url}\",BYTERANGE=\"{part.Header.Bytes.Length}@0\"\n");
        body.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{captured.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\n");
    }

    private static IEnumerable<(int Start, int End)> Segments(ExtentPart part, bool isOpen)
    {
        var start = part.First;
        for (var index = start + 1; index < part.Count; index++)
        {
            var gap = part.TimeOf(index) - part.EndOf(index - 1) >= ShortestGap;
            if (gap || (part.Map[index].Key && part.TimeOf(index) - part.TimeOf(start) >= ShortestSegment))
            {
                yield return (start, index);
                start = index;
            }
        }

        if (!isOpen)
        {
            yield return (start, part.Count);
        }
    }

    private static string Duration(double seconds) => string.Create(CultureInfo.InvariantCulture, $"#EXTINF:{seconds:0.000000},\n");
}
