namespace Recorder.FFmpeg;

/// <summary>Frees native objects and clears their pointers. A null pointer is ignored, so each call may be repeated.</summary>
internal static unsafe class NativeFree
{
    public static void Frame(ref AVFrame* frame)
    {
        var pointer = frame;
        frame = null;
        if (pointer != null)
            ffmpeg.av_frame_free(&pointer);
    }

    public static void Packet(ref AVPacket* packet)
    {
        var pointer = packet;
        packet = null;
        if (pointer != null)
            ffmpeg.av_packet_free(&pointer);
    }

    public static void Codec(ref AVCodecContext* context)
    {
        var pointer = context;
        context = null;
        if (pointer != null)
            ffmpeg.avcodec_free_context(&pointer);
    }

    /// <summary>Frees an I/O context with its buffer, which FFmpeg may have replaced.</summary>
    public static void Io(ref AVIOContext* context)
    {
        var pointer = context;
        context = null;
        if (pointer == null)
            return;
        ffmpeg.av_free(pointer->buffer);
        ffmpeg.avio_context_free(&pointer);
    }
}
