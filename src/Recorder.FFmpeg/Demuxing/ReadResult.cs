namespace Recorder.FFmpeg;

/// <summary>The result of <see cref="Demuxer.Read"/>.</summary>
public enum ReadResult
{
    /// <summary>Never returned.</summary>
    Unknown = 0,

    /// <summary>One packet was appended.</summary>
    Appended,

    /// <summary>The source has ended.</summary>
    EndOfStream,

    /// <summary>There is no packet yet: read again.</summary>
    TryAgain,
}
