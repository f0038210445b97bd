namespace Recorder.Contracts;

/// <summary>The condition of a recorder's source.</summary>
public enum SourceStatus
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The source is being opened.</summary>
    Connecting = 1,

    /// <summary>The source delivers media.</summary>
    Connected = 2,

    /// <summary>The connection is lost; the node tries to reconnect, with a growing delay between attempts.</summary>
    Lost = 3,

    /// <summary>The source ended by itself.</summary>
    Ended = 4,

    /// <summary>The codec parameters of a track changed.</summary>
    Changed = 5,

    /// <summary>
    /// The source delivers media, but its timestamps jumped or ran at another rate than the media arrived at. The recording's
    /// timeline follows the time of arrival instead.
    /// </summary>
    TimestampsMended = 6,
}
