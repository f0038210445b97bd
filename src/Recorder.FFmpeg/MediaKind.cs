namespace Recorder.FFmpeg;

/// <summary>What a stream carries.</summary>
public enum MediaKind
{
    /// <summary>Not known yet.</summary>
    Unknown = 0,

    /// <summary>Pictures.</summary>
    Video,

    /// <summary>Sound.</summary>
    Audio,

    /// <summary>Subtitles, data, attachments: nothing that is recorded.</summary>
    Other,
}
