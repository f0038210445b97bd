namespace Recorder.FFmpeg;

/// <summary>Reads the packets of an opened source.</summary>
internal interface IPacketReader : IDisposable
{
    /// <summary>Reads ahead until the streams are known.</summary>
    /// <exception cref="FFmpegException">Reading failed, or the deadline passed.</exception>
    void Open();

    /// <summary>Reads one packet; blocks at most the read deadline.</summary>
    /// <exception cref="FFmpegException">Reading failed, the deadline passed, or the demuxer was cancelled.</exception>
    ReadResult Read(PacketBatch into);

    /// <summary>Forgets the position after the source went back to its start.</summary>
    void Restart();
}
