using System.Collections.Immutable;

namespace Recorder.FFmpeg;

/// <summary>How a source is opened.</summary>
public sealed record DemuxerOptions
{
    /// <summary>The address that FFmpeg opens.</summary>
    public required string Url { get; init; }

    /// <summary>The source's name in messages; null: <see cref="Url"/> with credentials masked.</summary>
    public string? Name { get; init; }

    /// <summary>Supplies the bytes instead of <see cref="Url"/>, which is then only the name in messages.</summary>
    public IMediaFeed? Feed { get; init; }

    /// <summary>The demuxer's name ("rtsp", "v4l2"); null lets FFmpeg probe.</summary>
    public string? Format { get; init; }

    /// <summary>FFmpeg's options for protocol and demuxer.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The longest time that opening may take. Default: 10 s.</summary>
    public TimeSpan OpenDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest time that one read may block. Default: 5 s.</summary>
    public TimeSpan ReadDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The protocols that FFmpeg may use, comma separated; null: FFmpeg's own rule.</summary>
    public string? ProtocolWhitelist { get; init; }

    /// <summary>The demuxers that FFmpeg may use, nested ones included, comma separated; null: all.</summary>
    public string? FormatWhitelist { get; init; }

    /// <summary>Whether to read ahead until every stream's parameters are known. Default: yes.</summary>
    public bool FindStreamInfo { get; init; } = true;

    /// <summary>
    /// How long to read ahead for a stream that the header or the protocol announces and whose parameters are not known yet. The
    /// packets read meanwhile are returned first. Default: do not wait.
    /// </summary>
    public TimeSpan StreamWait { get; init; }

    /// <summary>Whether to probe only as a live source needs: no frame rate detection, at most 0.5 s. Default: no.</summary>
    public bool LiveLowLatencyProbe { get; init; }

    /// <summary>The largest numbers of tracks and pixels. A source with more is refused before it is decoded.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>
    /// Whether the demuxer fails with <see cref="FFmpegException.RedirectedTo"/> if the server redirects it (RTSP), before it
    /// sends anything to the new address. Default: no, FFmpeg follows.
    /// </summary>
    public bool StaysAtUrl { get; init; }
}
