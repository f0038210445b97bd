namespace Recorder.FFmpeg;

/// <summary>An FFmpeg call was refused or failed. The message is one plain sentence with credentials masked.</summary>
public class FFmpegException : Exception
{
    /// <summary>Creates the exception from one of FFmpeg's error codes and a sentence.</summary>
    public FFmpegException(int code, string message)
        : base(message) => Code = code;

    internal FFmpegException(int code, string message, Exception cause)
        : base(message, cause) => Code = code;

    /// <summary>FFmpeg's error code (negative), or 0 if there is none.</summary>
    public int Code { get; }

    /// <summary>Whether a deadline passed.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>Whether the caller cancelled.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>Whether the source has more tracks or larger frames than <see cref="MediaLimits"/> allows.</summary>
    public bool ExceedsLimit { get; init; }

    /// <summary>
    /// The address that the server redirects to, if <see cref="DemuxerOptions.StaysAtUrl"/> kept the demuxer from following. It
    /// may contain credentials: never log it.
    /// </summary>
    public string? RedirectedTo { get; init; }
}

/// <summary>FFmpeg's libraries are missing or their version is not supported. The message says what to install.</summary>
public sealed class FFmpegUnavailableException(string message) : FFmpegException(0, message);
