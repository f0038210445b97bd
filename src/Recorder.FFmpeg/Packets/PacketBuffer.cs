namespace Recorder.FFmpeg;

/// <summary>
/// Native memory of a packet whose size is not known when it begins. It becomes a packet by <see cref="PacketBatch.Take"/> without being
/// copied. Used by one thread at a time.
/// </summary>
public sealed unsafe class PacketBuffer : IDisposable
{
    private AVPacket* _packet;

    /// <summary>Creates an empty buffer, which has no memory yet.</summary>
    public PacketBuffer()
    {
        FFmpegLibrary.Ensure();
        _packet = NativeError.NotNull(ffmpeg.av_packet_alloc());
    }

    /// <summary>Frees the native memory of a buffer that was not disposed.</summary>
    ~PacketBuffer() => Close();

    /// <summary>The bytes so far, valid until the next call.</summary>
    public Span<byte> Bytes => new(Native->data, Native->size);

    internal AVPacket* Native
    {
        get
        {
            ObjectDisposedException.ThrowIf(_packet == null, this);
            return _packet;
        }
    }

    /// <summary>Makes the buffer longer and returns the new bytes, which the caller must fill.</summary>
    public Span<byte> Append(int length)
    {
        var size = Native->size;
        NativeError.Check(
            size == 0 ? ffmpeg.av_new_packet(_packet, length) : ffmpeg.av_grow_packet(_packet, length), $"A packet of {size + length} bytes");
        return new Span<byte>(_packet->data + size, length);
    }

    /// <summary>Makes the buffer empty.</summary>
    public void Clear() => ffmpeg.av_packet_unref(Native);

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        if (_packet != null)
            NativeFree.Packet(ref _packet);
    }
}
