using System.Globalization;

namespace Recorder.FFmpeg;

/// <summary>
/// Finds out what a stream is whose parameters FFmpeg did not state: one that appeared after opening, or that was announced and had sent
/// nothing by then. Its first packets are decoded for it, few of them.
/// </summary>
/// <param name="mostPixels">Of a picture that is decoded for it.</param>
internal sealed unsafe class StreamProbe(long mostPixels) : IDisposable
{
    private const int MostPackets = 64;

    private AVCodecContext* _context;
    private AVFrame* _frame;
    private AVCodecID _codec;
    private int _looked;

    /// <summary>The net under a probe that nobody disposed.</summary>
    ~StreamProbe() => Close();

    /// <summary>Decodes a packet if that may help, and completes the stream's parameters once they are known.</summary>
    public void Look(AVStream* stream, AVPacket* packet)
    {
        var native = stream->codecpar;
        var isVideo = native->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO;
        if (native->codec_id != _codec)
        {
            Close();
            (_codec, _looked) = (native->codec_id, 0);
        }
        if (_looked >= MostPackets || (isVideo && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) == 0) || !Open(native))
            return;
        _looked++;
        if (ffmpeg.avcodec_send_packet(_context, packet) >= 0)
            _ = ffmpeg.avcodec_receive_frame(_context, _frame);
        var isKnown = isVideo ? _context->width > 0 && _context->height > 0 : _context->sample_rate > 0 && _context->ch_layout.nb_channels > 0;
        if (isKnown)
        {
            NativeError.Check(ffmpeg.avcodec_parameters_from_context(native, _context), "Completing codec parameters");
            Close();
        }
        else if (_looked == MostPackets)
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
        using var options = new NativeOptions([]);
        options.Set("max_pixels", mostPixels.ToString(CultureInfo.InvariantCulture));
        var dictionary = options.Pointer;
        var opened = ffmpeg.avcodec_parameters_to_context(_context, parameters) >= 0 && ffmpeg.avcodec_open2(_context, codec, &dictionary) >= 0;
        options.Pointer = dictionary;
        if (opened)
        {
            _frame = NativeError.NotNull(ffmpeg.av_frame_alloc());
            return true;
        }
        Close();
        _looked = MostPackets;
        return false;
    }

    private void Close()
    {
        var context = _context;
        var frame = _frame;
        _context = null;
        _frame = null;
        if (frame != null)
            ffmpeg.av_frame_free(&frame);
        if (context != null)
            ffmpeg.avcodec_free_context(&context);
    }
}
