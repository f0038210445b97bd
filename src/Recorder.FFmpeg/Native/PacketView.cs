namespace Recorder.FFmpeg;

/// <summary>A packet with times of its own that refers to another packet's data during one call and never owns it.</summary>
internal sealed unsafe class PacketView : IDisposable
{
    private AVPacket* _packet = NativeError.NotNull(ffmpeg.av_packet_alloc());

    ~PacketView() => Close();

    /// <summary>Refers to a packet, which must stay alive until <see cref="Clear"/>, without its side data.</summary>
    public AVPacket* Show(AVPacket* source, int skip = 0)
    {
        _packet->buf = source->buf;
        _packet->data = source->data + skip;
        _packet->size = source->size - skip;
        _packet->flags = source->flags;
        _packet->side_data = null;
        _packet->side_data_elems = 0;
        return _packet;
    }

    /// <summary>Drops the references, which FFmpeg would otherwise free with the packet.</summary>
    public void Clear()
    {
        _packet->buf = null;
        _packet->data = null;
        _packet->size = 0;
        _packet->side_data = null;
        _packet->side_data_elems = 0;
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        if (_packet == null)
            return;
        Clear();
        NativeFree.Packet(ref _packet);
    }
}
