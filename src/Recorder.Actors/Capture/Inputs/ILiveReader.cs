using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Reads a live source and sends what arrived to its actor, at the same moments for all sources. Owns the input from <see
/// cref="Start"/> on and closes it before <see cref="Ended"/>.</summary>
internal interface ILiveReader
{
    /// <summary>Bytes sent and not acknowledged, above which a reader waits.</summary>
    const long MostPending = 64L << 20;

    /// <summary>Bytes that are sent before their moment.</summary>
    const long MostBytes = 4L << 20;

    void Start();

    /// <summary>Any thread may call this.</summary>
    void Cancel();

    /// <summary>Acknowledges bytes that the owner received.</summary>
    void Taken(long bytes);

    /// <summary>The receiver owns the batch and calls <see cref="Taken"/>.</summary>
    internal sealed record Arrived(int Attempt, PacketBatch Batch, TimeSpan At);

    internal sealed record StreamsChanged(int Attempt, IReadOnlyList<StreamInfo> Streams);

    /// <summary>Media that the source sent did not arrive, in front of the packets that follow.</summary>
    internal sealed record Lost(int Attempt, CaptureProtocol.MediaDropped Dropped);

    /// <summary>Finite: the source is over. Cut: packets left out at the end because they may be incomplete.</summary>
    internal sealed record Ended(int Attempt, ICaptureInput Input, Exception? Error, bool Finite, int Cut);
}
