using System.Collections.Immutable;

namespace Recorder.FFmpeg;

/// <summary>One track to write.</summary>
/// <param name="Parameters">What a decoder must know of the track.</param>
/// <param name="TimeBase">The time base of the times passed to <see cref="Muxer.Write"/>.</param>
/// <param name="Language">ISO 639-2 code.</param>
public sealed record MuxerTrack(CodecParameters Parameters, Rational TimeBase, string? Language = null)
{
    /// <summary>The track's metadata by FFmpeg's names: timecode, reel_name, ….</summary>
    internal IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The constant frame rate of the track; unknown: that of its parameters.</summary>
    internal Rational FrameRate { get; init; }
}

/// <summary>Container, tracks and destination of a muxer.</summary>
public sealed record MuxerOptions
{
    /// <summary>"mp4", "webm" or "matroska".</summary>
    public required string Format { get; init; }

    /// <summary>
    /// The file to write, with its duration and index (in an MP4 at the beginning); it cannot be played before
    /// <see cref="Muxer.Finish"/>. Null writes a container that plays while it grows to <see cref="Muxer.Output"/>.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The tracks, in the order of the file.</summary>
    public required IReadOnlyList<MuxerTrack> Tracks { get; init; }

    /// <summary>The file's metadata by FFmpeg's names: title, creation_time, comment, ….</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>FFmpeg's options for the muxer of <see cref="File"/>, instead of those that put the index in front by moving all media.</summary>
    internal IReadOnlyDictionary<string, string> FileOptions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Has FFmpeg write the fragments of codecs whose fragments we would write ourselves, to compare the two.</summary>
    internal bool HasFFmpegFragments { get; init; }
}
