using System.Collections.Immutable;

namespace Recorder.FFmpeg;

/// <summary>How a source is opened.</summary>
public sealed record DemuxerOptions
{
    /// <summary>What FFmpeg is to open.</summary>
    public required string Url { get; init; }

    /// <summary>What messages call it; null: <see cref="Url"/>, credentials masked.</summary>
    public string? Name { get; init; }

    /// <summary>Where the bytes come from instead of <see cref="Url"/>, which then only names them in messages.</summary>
    public IMediaFeed? Feed { get; init; }

    /// <summary>The demuxer's name ("rtsp", "v4l2"); null probes.</summary>
    public string? Format { get; init; }

    /// <summary>FFmpeg's own options of protocol and demuxer.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How long opening may take. Default: 10 s.</summary>
    public TimeSpan OpenDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one read may block. Default: 5 s.</summary>
    public TimeSpan ReadDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The protocols that may be used, comma separated; null: FFmpeg's own rule.</summary>
    public string? ProtocolWhitelist { get; init; }

    /// <summary>The demuxers that may be used, nested ones included; null: all.</summary>
    public string? FormatWhitelist { get; init; }

    /// <summary>Whether to read ahead until every stream's parameters are known. Default: yes.</summary>
    public bool FindStreamInfo { get; init; } = true;

    /// <summary>
    /// How long to read ahead for a stream that the header or the protocol announces and that has not said what it is. What was read is
    /// handed out first. Default: not at all.
    /// </summary>
    public TimeSpan StreamWait { get; init; }

    /// <summary>Probe no longer than a live source needs (no frame rate guessing, 0.5 s at most). Default: no.</summary>
    public bool LiveLowLatencyProbe { get; init; }

    /// <summary>Most tracks and pixels that are opened; what has more is refused before anything of it is decoded.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>
    /// Whether a demuxer that its server sends elsewhere (RTSP) fails with <see cref="FFmpegException.RedirectedTo"/> before it says a
    /// word there. Default: no, FFmpeg follows.
    /// </summary>
    public bool StaysAtUrl { get; init; }
}
