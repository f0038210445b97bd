namespace Recorder.FFmpeg;

internal interface IPacketReader
{
    void Open();

    ReadResult Read(PacketBatch into);

    void Restart()
    {
    }

    void Close()
    {
    }
}
