namespace Recorder.FFmpeg;

/// <summary>Brings pictures of any size and format to one.</summary>
internal sealed unsafe class Scaler : IDisposable
{
    private readonly int _width;
    private readonly int _height;
    private readonly AVPixelFormat _format;
    private SwsContext* _context;
    private AVFrame* _picture;
    private AVFrame* _black;

    public Scaler(int width, int height, AVPixelFormat format)
    {
        _width = width;
        _height = height;
        _format = format;
    }

    /// <summary>The net under a scaler that nobody disposed.</summary>
    ~Scaler() => Close();

    /// <summary>The picture as wanted: itself when it is so already.</summary>
    public AVFrame* Fit(AVFrame* source)
    {
        if (source->width == _width && source->height == _height && source->format == (int)_format)
            return source;
        _context = ffmpeg.sws_getCachedContext(
            _context, source->width, source->height, (AVPixelFormat)source->format, _width, _height, _format, ffmpeg.SWS_BILINEAR, null, null, null);
        if (_context == null)
        {
            var name = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)source->format) ?? "unknown";
            throw new FFmpegException(NativeError.InvalidArgument, $"Pictures of {source->width}×{source->height} {name} cannot be scaled.");
        }
        _picture = Writable(_picture);
        NativeError.Check(ffmpeg.sws_scale_frame(_context, _picture, source), "Scaling a picture");
        return _picture;
    }

    /// <summary>A black picture.</summary>
    public AVFrame* Black()
    {
        if (_black != null && ffmpeg.av_frame_is_writable(_black) != 0)
            return _black;
        _black = Writable(_black);
        const byte Dark = 16, Grey = 128;
        for (uint plane = 0; plane < 3; plane++)
        {
            var rows = plane == 0 ? _height : (_height + 1) / 2;
            new Span<byte>(_black->data[plane], _black->linesize[plane] * rows).Fill(plane == 0 ? Dark : Grey);
        }
        return _black;
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>The encoder may still hold the last picture: then another is needed.</summary>
    private AVFrame* Writable(AVFrame* frame)
    {
        if (frame == null)
            frame = NativeError.NotNull(ffmpeg.av_frame_alloc());
        else if (ffmpeg.av_frame_is_writable(frame) != 0)
            return frame;
        ffmpeg.av_frame_unref(frame);
        frame->width = _width;
        frame->height = _height;
        frame->format = (int)_format;
        NativeError.Check(ffmpeg.av_frame_get_buffer(frame, 0), $"A picture of {_width}×{_height}");
        return frame;
    }

    private void Close()
    {
        var (picture, black) = ((nint)_picture, (nint)_black);
        _picture = null;
        _black = null;
        foreach (var held in (ReadOnlySpan<nint>)[picture, black])
        {
            var frame = (AVFrame*)held;
            if (frame != null)
                ffmpeg.av_frame_free(&frame);
        }
        ffmpeg.sws_freeContext(_context);
        _context = null;
    }
}
