using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Media.Hls;
using Recorder.Media.Mp4;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/recordings/{key}/index.m3u8</c>, and the URLs in playlists that are not ranges of a file.</summary>
internal static class PlaylistEndpoints
{
    private const string MediaType = "video/mp4";

    private static readonly QueryParameter First = new("first", "integer", "The first fragment of the extent, from 0.") { Format = "int32" };
    private static readonly QueryParameter Count = new("count", "integer", "The number of fragments.") { Format = "int32" };

    private static readonly QueryParameter Sound = new(
        "sound", "string", "Adds a silent audio track to an extent without audio: codec, sample rate and channels (aac-48000-2).");

    private static readonly QueryParameter Without = new("without", "integer", "Leaves out the track of this number; may be repeated.") { Format = "int32", IsRepeatable = true };

    public static void MapPlaylist(this RouteGroupBuilder recordings, string[] methods)
    {
        recordings.MapMethods("/index.m3u8", methods, GetPlaylistAsync).WithName("GetPlaylist")
            .WithSummary("An interval of the recording as an HLS playlist; it grows while the recording is running.")
            .WithQuery(MediaQuery.From, MediaQuery.To).AnswersMedia(200, HlsPlaylist.MediaType).Refuses(400, 404, 406);
        recordings.MapMethods("/extents/{number}/header.mp4", methods, GetHeader).WithName("GetExtentHeader")
            .WithSummary("The initialisation segment of an extent whose audio is missing, for playlists.")
            .WithQuery(Sound, Without, PlaybackEndpoints.OnNode).AnswersMedia(200, MediaType).AnswersMedia(206, MediaType).Answers(304)
            .Refuses(400, 404, 406, 416);
        recordings.MapMethods("/extents/{number}/segment.mp4", methods, GetSegment).WithName("GetExtentSegment")
            .WithSummary("Fragments of an extent with silence instead of missing audio, for playlists.")
            .WithQuery(First, Count, Sound, PlaybackEndpoints.OnNode).AnswersMedia(200, MediaType).AnswersMedia(206, MediaType).Answers(304)
            .Refuses(400, 404, 406, 416);
    }

    private static async Task<IResult> GetPlaylistAsync(string key, HttpContext context, MediaLibrary library, ServeOptions options)
    {
        var recording = library.Open(key);
        PlaybackEndpoints.RequireMp4(recording);
        var (from, to) = await MediaQuery.ReadIntervalAsync(context.Request, library, recording);
        var parts = await library.PartsAsync(recording, from, to, context.RequestAborted);
        PlaybackEndpoints.SayMissing(context.Response, parts.Missing);
        context.Response.Headers.CacheControl = "no-cache";
        // Two nodes may have extents of the same number.
        var isShared = parts.Missing.Count > 0 || parts.Extents.Any(extent => extent.Extent.Node is not null);
        var text = HlsPlaylist.Write(parts.Extents, from, to, recording.IsUnderWay && to is null, (extent, name) => UrlToken.Carry(
            context, $"extents/{name}" + (isShared
                ? $"{(name.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{PlaybackEndpoints.OnNode.Name}={extent.Node ?? options.Node}"
                : "")));
        return Results.Text(text, HlsPlaylist.MediaType);
    }

    private static RangedResult GetHeader(string key, string number, HttpContext context, MediaLibrary library, ServeOptions options)
    {
        var part = Open(key, number, context, library, options);
        var without = ReadWithout(context.Request);
        var header = HlsHeader.Write(part.Header, ReadSound(context.Request), without);
        var tag = $"{key}.{number}.h.{string.Join('.', without)}.{context.Request.Query[Sound.Name]}";
        return new RangedResult(RangedContent.OfBytes(header, MediaType, tag));
    }

    private static RangedResult GetSegment(string key, string number, HttpContext context, MediaLibrary library, ServeOptions options)
    {
        var part = Open(key, number, context, library, options);
        var (first, count) = (Query.ReadNumber(context.Request, First) ?? 0, Query.ReadNumber(context.Request, Count) ?? 1);
        if (count == 0 || first > part.Map.Count || count > part.Map.Count - first)
            throw new ProblemException(Problem.NotFound($"Extent {number} of '{key}' has {part.Map.Count} fragments (yet)."));

        var added = ReadSound(context.Request);
        var track = added is null ? HlsHeader.SoundTrackOf(part) : -1;
        var sound = added ?? (track < 0 ? null : part.Header.Tracks[track].Entry.Silence)
            ?? throw new ProblemException(Problem.Type($"Extent {number} of '{key}' has no audio; name the silent track with '{Sound.Name}'."));
        var pieces = HlsSegments.Pieces(part, new HlsSegment((int)first, (int)(first + count)), track, sound);
        return new RangedResult(new RangedContent(
            pieces.Sum(piece => piece.Size), MediaType, $"{part.Map[(int)first].Offset:x}.{first}.{count}.{part.Extent.Number}.{sound.Name}.{pieces.Count}",
            (offset, length) => MediaPiece.Clip(pieces, 0, offset, offset + length)));
    }

    private static ExtentPart Open(string key, string number, HttpContext context, MediaLibrary library, ServeOptions options)
    {
        PlaybackEndpoints.RequireHere(context.Request, options);
        var recording = library.Open(key);
        PlaybackEndpoints.RequireMp4(recording);
        var wanted = (int)Math.Min(PlaybackEndpoints.ReadNumber(Path.GetFileNameWithoutExtension(number), "extent"), int.MaxValue);
        return PlaybackEndpoints.PartOf(recording, wanted, long.MaxValue, library);
    }

    private static List<uint> ReadWithout(HttpRequest request) =>
    [
        .. request.Query[Without.Name].Select(text => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Query.Wrong(Without, text ?? "", "a track's number")),
    ];

    private static SilentSound? ReadSound(HttpRequest request) =>
        Query.Text(request, Sound) is not { } text ? null
            : SilentSound.Named(text) ?? throw Query.Wrong(Sound, text, "a codec (aac, opus), samples a second and channels: aac-48000-2");
}
