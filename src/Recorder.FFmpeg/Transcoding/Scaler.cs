namespace Recorder.FFmpeg;

internal sealed unsafe class Scaler(int width, int height, AVPixelFormat format) : IDisposable
{
    private SwsContext* _context;
    private AVFrame* _scaled;
    private AVFrame* _black;

    ~Scaler() => Close();

    /// <summary>Returns the frame in the scaler's size and format, valid until the next call.</summary>
    public AVFrame* Fit(AVFrame* source)
    {
        if (source->width == width && source->height == height && source->format == (int)format)
            return source;
        _context = ffmpeg.sws_getCachedContext(
            _context, source->width, source->height, (AVPixelFormat)source->format, width, height, format, ffmpeg.SWS_BILINEAR,
            null, null, null);
        if (_context == null)
        {
            var name = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)source->format) ?? "unknown";
            throw new FFmpegException(NativeError.InvalidArgument, $"Frames of {source->width}×{source->height} {name} cannot be scaled.");
        }
        _scaled = Writable(_scaled);
        NativeError.Check(ffmpeg.sws_scale_frame(_context, _scaled, source), "Scaling a frame");
        return _scaled;
    }

    public AVFrame* Black()
    {
        if (_black != null && ffmpeg.av_frame_is_writable(_black) != 0)
            return _black;
        _black = Writable(_black);
        const byte Dark = 16, Grey = 128;
        for (uint plane = 0; plane < 3; plane++)
        {
            var rows = plane == 0 ? height : (height + 1) / 2;
            new Span<byte>(_black->data[plane], _black->linesize[plane] * rows).Fill(plane == 0 ? Dark : Grey);
        }
        return _black;
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private AVFrame* Writable(AVFrame* frame)
    {
        if (frame == null)
            frame = NativeError.NotNull(ffmpeg.av_frame_alloc());
        else if (ffmpeg.av_frame_is_writable(frame) != 0)
            return frame;
        ffmpeg.av_frame_unref(frame);
        (frame->width, frame->height, frame->format) = (width, height, (int)format);
        NativeError.Check(ffmpeg.av_frame_get_buffer(frame, 0), $"A frame of {width}×{height}");
        return frame;
    }

    private void Close()
    {
        NativeFree.Frame(ref _scaled);
        NativeFree.Frame(ref _black);
        ffmpeg.sws_freeContext(_context);
        _context = null;
    }
}
