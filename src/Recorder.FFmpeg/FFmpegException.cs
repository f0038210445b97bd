namespace Recorder.FFmpeg;

/// <summary>FFmpeg refused or failed. The message is one plain sentence, credentials masked.</summary>
public class FFmpegException : Exception
{
    /// <summary>Creates the exception from one of FFmpeg's error codes and a sentence.</summary>
    public FFmpegException(int code, string message)
        : base(message) => Code = code;

    /// <summary>FFmpeg's error code (negative), or 0 where none applies.</summary>
    public int Code { get; }

    /// <summary>Whether a deadline passed.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>Whether the caller cancelled.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>Whether the source has more tracks or larger pictures than <see cref="MediaLimits"/> allow.</summary>
    public bool ExceedsLimit { get; init; }

    /// <summary>Where the server sends to instead, when <see cref="DemuxerOptions.StaysAtUrl"/> kept the demuxer from following. Holds
    /// credentials: never log it.</summary>
    public string? RedirectedTo { get; init; }
}

/// <summary>FFmpeg's libraries are missing or of a version that is not supported. The message says what to install.</summary>
public sealed class FFmpegUnavailableException : FFmpegException
{
    /// <summary>Creates the exception.</summary>
    public FFmpegUnavailableException(string message)
        : base(0, message)
    {
    }
}
