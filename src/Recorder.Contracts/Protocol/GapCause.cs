namespace Recorder.Contracts;

/// <summary>Why an interval of a recording is missing.</summary>
public enum GapCause
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The source was lost and came back.</summary>
    SourceLost = 1,

    /// <summary>The source delivered media faster than the recorder could take it.</summary>
    RecorderOverrun = 2,

    /// <summary>The disk was slower than the media.</summary>
    DiskStalled = 3,

    /// <summary>A track had no signal.</summary>
    Muted = 4,

    /// <summary>Packets of the source were damaged or could not be decoded.</summary>
    Corrupt = 5,

    /// <summary>
    /// A track's codec parameters changed, and its packets were dropped until a key frame could begin a new file.
    /// </summary>
    TrackChanged = 6,

    /// <summary>The volume was full.</summary>
    DiskFull = 7,

    /// <summary>The node was not running: it was stopped, or it died.</summary>
    NodeDown = 8,

    /// <summary>Packets of the source were lost on the network.</summary>
    PacketLoss = 9,

    /// <summary>This machine dropped packets of the source because they were not read in time.</summary>
    ReceiveOverrun = 10,
}
