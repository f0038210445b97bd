namespace Recorder.Contracts;

/// <summary>Messages that create and remove recorders. Send them to the parent of all recorders.</summary>
public static class RecordersProtocol
{
    /// <summary>Creates a recorder. Answered with <see cref="Created"/> or <see cref="RecorderProtocol.Refused"/>.</summary>
    /// <param name="Recorder">The new recorder's id; no other recorder may have it.</param>
    /// <param name="Source">The capture source's URI.</param>
    /// <param name="Options">How the recorder records.</param>
    /// <param name="Target">Where the files are written.</param>
    public sealed record Create(RecorderId Recorder, string Source, RecorderOptions Options, RecordingTarget Target)
    {
        /// <summary>The recorder's history before its node restarted; null for a new recorder.</summary>
        public RecorderHistory? History { get; init; }

        /// <summary>
        /// Whether the recorder fills its pre-roll buffer before the first start, so that it can take over from another node
        /// without a gap.
        /// </summary>
        public bool IsWarm { get; init; }
    }

    /// <summary>The recorder exists and is inactive.</summary>
    /// <param name="Recorder">The recorder's id.</param>
    public sealed record Created(RecorderId Recorder);

    /// <summary>Removes a recorder and stops its recording first. Answered with <see cref="Removed"/>.</summary>
    /// <param name="Recorder">The recorder's id.</param>
    /// <param name="Keep">Whether the current recording stays open instead, so that another recorder can continue it.</param>
    public sealed record Remove(RecorderId Recorder, bool Keep = false);

    /// <summary>The recorder is gone and its files are closed.</summary>
    /// <param name="Recorder">The recorder's id.</param>
    public sealed record Removed(RecorderId Recorder);
}
