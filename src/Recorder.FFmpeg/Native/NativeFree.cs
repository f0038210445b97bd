namespace Recorder.FFmpeg;

/// <summary>Frees native objects and clears their pointers. A null pointer is ignored, so each call may be repeated.</summary>
internal static unsafe class NativeFree
{
    public static void Frame(ref AVFrame* frame) => Free(ref frame, &ffmpeg.av_frame_free);

    public static void Packet(ref AVPacket* packet) => Free(ref packet, &ffmpeg.av_packet_free);

    public static void Codec(ref AVCodecContext* context) => Free(ref context, &ffmpeg.avcodec_free_context);

    public static void Resampler(ref SwrContext* context) => Free(ref context, &ffmpeg.swr_free);

    /// <summary>Frees an I/O context with its buffer, which FFmpeg may have replaced.</summary>
    public static void Io(ref AVIOContext* context)
    {
        if (context != null)
            ffmpeg.av_free(context->buffer);
        Free(ref context, &ffmpeg.avio_context_free);
    }

    private static void Free<T>(ref T* field, delegate*<T**, void> free)
        where T : unmanaged
    {
        var pointer = field;
        field = null;
        if (pointer != null)
            free(&pointer);
    }
}
