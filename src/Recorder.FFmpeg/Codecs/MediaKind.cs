namespace Recorder.FFmpeg;

/// <summary>The kind of media in a stream.</summary>
public enum MediaKind
{
    /// <summary>Not known yet.</summary>
    Unknown = 0,

    /// <summary>Video.</summary>
    Video,

    /// <summary>Audio.</summary>
    Audio,

    /// <summary>Subtitles, data or attachments, which are not recorded.</summary>
    Other,
}
