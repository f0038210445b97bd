namespace Recorder.FFmpeg;

/// <summary>Reads the packets of an opened source.</summary>
internal interface IPacketReader
{
    /// <summary>Reads ahead until the streams are known.</summary>
    void Open();

    /// <summary>Reads one packet; blocks at most the read deadline.</summary>
    ReadResult Read(PacketBatch into);

    /// <summary>Forgets the position after the source went back to its start.</summary>
    void Restart()
    {
    }

    void Close()
    {
    }
}
