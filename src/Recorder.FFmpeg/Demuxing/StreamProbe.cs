namespace Recorder.FFmpeg;

/// <summary>Decodes the first packets of a stream that appeared, or first sent something, after opening.</summary>
internal sealed unsafe class StreamProbe(long mostPixels) : IDisposable
{
    private const int MostPackets = 64;

    private AVCodecContext* _context;
    private AVFrame* _frame;
    private AVCodecID _codec;
    private int _inspected;

    ~StreamProbe() => Close();

    public void Inspect(AVStream* stream, AVPacket* packet)
    {
        var native = stream->codecpar;
        var isVideo = native->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO;
        if (native->codec_id != _codec)
        {
            Close();
            (_codec, _inspected) = (native->codec_id, 0);
        }
        if (_inspected >= MostPackets || (isVideo && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) == 0) || !Open(native))
            return;
        _inspected++;
        if (ffmpeg.avcodec_send_packet(_context, packet) >= 0)
            _ = ffmpeg.avcodec_receive_frame(_context, _frame);
        var isKnown = isVideo ? _context->width > 0 && _context->height > 0 : _context->sample_rate > 0 && _context->ch_layout.nb_channels > 0;
        if (isKnown)
        {
            NativeError.Check(ffmpeg.avcodec_parameters_from_context(native, _context), "Completing codec parameters");
            Close();
        }
        else if (_inspected == MostPackets)
        {
            Close();
        }
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private bool Open(AVCodecParameters* parameters)
    {
        if (_context != null)
            return true;
        var codec = ffmpeg.avcodec_find_decoder(parameters->codec_id);
        if (codec == null)
            return false;
        _context = NativeError.NotNull(ffmpeg.avcodec_alloc_context3(codec));
        _context->thread_count = 1;
        using var options = new NativeOptions();
        options.Set("max_pixels", mostPixels);
        if (ffmpeg.avcodec_parameters_to_context(_context, parameters) >= 0 && ffmpeg.avcodec_open2(_context, codec, options.Address) >= 0)
        {
            _frame = NativeError.NotNull(ffmpeg.av_frame_alloc());
            return true;
        }
        Close();
        _inspected = MostPackets;
        return false;
    }

    private void Close()
    {
        NativeFree.Frame(ref _frame);
        NativeFree.Codec(ref _context);
    }
}
