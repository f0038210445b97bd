using System.Collections.Immutable;

namespace Recorder.FFmpeg;

/// <summary>One track to be written.</summary>
/// <param name="Parameters">What a decoder must know of it.</param>
/// <param name="TimeBase">What the times handed to <see cref="Muxer.Write"/> count.</param>
/// <param name="Language">ISO 639-2 code.</param>
public sealed record MuxerTrack(CodecParameters Parameters, Rational TimeBase, string? Language = null);

/// <summary>What a muxer writes.</summary>
public sealed record MuxerOptions
{
    /// <summary>"mp4", "webm" or "matroska".</summary>
    public required string Format { get; init; }

    /// <summary>
    /// A finished file goes here, with its duration and its index, in front in an MP4; it is of no use before
    /// <see cref="Muxer.Finish"/>. Null: what plays while it grows goes to <see cref="Muxer.Output"/>.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The tracks, in file order.</summary>
    public required IReadOnlyList<MuxerTrack> Tracks { get; init; }

    /// <summary>Title, creation_time, comment, …: as FFmpeg names them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;
}
