namespace Recorder.FFmpeg;

/// <summary>Decodes packets up to one frame and makes a JPEG of it. One thread at a time.</summary>
public interface IPictureTaker : IDisposable
{
    /// <summary>Whether a frame behind the wanted one was decoded, so that no more packets are needed.</summary>
    bool IsDone { get; }

    /// <summary>The presentation time of the frame; null if there is none.</summary>
    long? Time { get; }

    /// <summary>Adds the next packet in decoding order.</summary>
    void Add(PacketBatch batch, int index, long pts);

    /// <summary>Makes a JPEG of the frame; null if no frame could be decoded.</summary>
    /// <param name="width">The width of the JPEG in pixels; null keeps the frame's. Pixels become square.</param>
    byte[]? Take(int? width);
}
