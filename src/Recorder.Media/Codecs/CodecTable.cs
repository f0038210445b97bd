using Recorder.Contracts;

namespace Recorder.Media.Codecs;

/// <summary>Which codecs fit into which containers, and which of them can be encoded.</summary>
internal static class CodecTable
{
    /// <summary>The containers, in the order in which a recorder prefers them.</summary>
    public static readonly IReadOnlyList<MediaContainer> Containers =
        [MediaContainer.Mp4, MediaContainer.WebM, MediaContainer.Matroska];

    public static readonly IReadOnlyList<CodecSupport> Codecs =
    [
        new("h264", TrackKind.Video, ["avc1", "avc3", "h264"], Encoded: true, Mp4: true, WebM: false),
        new("hevc", TrackKind.Video, ["hvc1", "hev1"], Encoded: false, Mp4: true, WebM: false),
        new("vp8", TrackKind.Video, ["vp8", "vp08"], Encoded: true, Mp4: false, WebM: true),
        new("vp9", TrackKind.Video, ["vp9", "vp09"], Encoded: true, Mp4: true, WebM: true),
        new("av1", TrackKind.Video, ["av1", "av01"], Encoded: true, Mp4: true, WebM: true),
        new("mpeg4", TrackKind.Video, ["mp4v"], Encoded: false, Mp4: true, WebM: false),
        new("mpeg2video", TrackKind.Video, ["mpeg2"], Encoded: false, Mp4: false, WebM: false),
        new("mjpeg", TrackKind.Video, ["mjpeg"], Encoded: false, Mp4: false, WebM: false),
        new("aac", TrackKind.Audio, ["mp4a", "aac"], Encoded: true, Mp4: true, WebM: false),
        new("opus", TrackKind.Audio, ["opus"], Encoded: true, Mp4: true, WebM: true),
        new("vorbis", TrackKind.Audio, ["vorbis"], Encoded: false, Mp4: false, WebM: true),
        new("flac", TrackKind.Audio, ["flac"], Encoded: false, Mp4: true, WebM: false),
        new("mp3", TrackKind.Audio, ["mp3"], Encoded: false, Mp4: true, WebM: false),
        new("ac3", TrackKind.Audio, ["ac-3"], Encoded: false, Mp4: true, WebM: false),
        new("eac3", TrackKind.Audio, ["ec-3"], Encoded: false, Mp4: true, WebM: false),
        new("pcm_mulaw", TrackKind.Audio, ["ulaw"], Encoded: false, Mp4: false, WebM: false),
        new("pcm_alaw", TrackKind.Audio, ["alaw"], Encoded: false, Mp4: false, WebM: false),
    ];

    /// <summary>Whether this codec (by FFmpeg's name) can be copied into the container. Uncompressed media never is.</summary>
    public static bool Holds(MediaContainer container, string codec) => Find(codec)?.FitsInto(container) ?? false;

    public static string? Requested(MediaMimeType type, TrackKind kind) =>
        type.Codecs.Select(FindByMimeName).FirstOrDefault(codec => codec?.Kind == kind)?.Name;

    public static bool CanEncode(string codec) => Find(codec)?.Encoded ?? false;

    /// <summary>Returns the codec that tracks are encoded to when neither the user nor the source decides.</summary>
    public static string DefaultCodec(MediaContainer container, TrackKind kind) =>
        (container, kind) switch
        {
            (MediaContainer.WebM, TrackKind.Video) => "vp8",
            (MediaContainer.WebM, _) => "opus",
            (_, TrackKind.Video) => "h264",
            _ => "aac",
        };

    /// <summary>Whether a recording can go on as another type. Tracks may differ: each extent has its own header.</summary>
    public static bool Continues(string before, string after) =>
        MediaMimeType.TryParse(before, out var one) && MediaMimeType.TryParse(after, out var other) &&
        one.Container == other.Container &&
        Enum.GetValues<TrackKind>().All(kind =>
            Requested(one, kind) is not { } codec || Requested(other, kind) is not { } next || codec == next);

    // Whether a codec is copied when no type was asked for. A camera's G.711 is encoded: docs/adr/0020-sound-that-plays.md.
    public static bool IsPlayed(string codec) =>
        Find(codec) is not { Kind: TrackKind.Audio } audio || audio.Name is "aac" or "opus" or "mp3" or "flac" or "vorbis";

    /// <summary>Returns the first container that all copied ones of these codecs fit into; MP4 when all are encoded.</summary>
    public static MediaContainer ContainerFor(IEnumerable<string> codecs)
    {
        var copied = codecs.Where(codec => Find(codec) is not null && IsPlayed(codec)).ToList();
        return Containers.First(container => copied.All(codec => Holds(container, codec)));
    }

    public static string Extension(MediaContainer container) =>
        container switch
        {
            MediaContainer.Mp4 => ".mp4",
            MediaContainer.WebM => ".webm",
            _ => ".mkv",
        };

    public static string MuxerName(MediaContainer container) =>
        container switch
        {
            MediaContainer.Mp4 => "mp4",
            MediaContainer.WebM => "webm",
            _ => "matroska",
        };

    public static CodecSupport? Find(string codec) => Codecs.FirstOrDefault(known => known.Name == codec);

    // "avc1.64001f" and "avc1" name the same codec: what follows the dot is a profile.
    public static CodecSupport? FindByMimeName(string name)
    {
        var family = name.Split('.')[0];
        return Codecs.FirstOrDefault(known => known.MimeNames.Contains(family, StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>A codec, by FFmpeg's name and those that MIME types have for it.</summary>
internal sealed record CodecSupport(string Name, TrackKind Kind, IReadOnlyList<string> MimeNames, bool Encoded, bool Mp4, bool WebM)
{
    public bool FitsInto(MediaContainer container) =>
        container switch
        {
            MediaContainer.Mp4 => Mp4,
            MediaContainer.WebM => WebM,
            _ => true,
        };
}
