namespace Recorder.Contracts;

/// <summary>Why a recording ended.</summary>
public enum StopReason
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The recorder was told to stop, or <see cref="RecorderProtocol.Start.Duration"/> was reached.</summary>
    Requested = 1,

    /// <summary>All tracks of the source ended.</summary>
    SourceEnded = 2,

    /// <summary>The source was lost for longer than <see cref="RecorderOptions.LossTimeout"/>.</summary>
    SourceLost = 3,

    /// <summary>The recording failed; the <c>error</c> event before the stop says why.</summary>
    Failed = 4,

    /// <summary>The node was shut down.</summary>
    Shutdown = 5,

    /// <summary>The process died; the node's recovery writes this reason at its next start.</summary>
    Crashed = 6,

    /// <summary>
    /// Another node of the cluster continues the recording. Only the part that one node has ends with this reason.
    /// </summary>
    Moved = 7,
}
