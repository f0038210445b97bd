namespace Recorder.FFmpeg;

/// <summary>
/// Sets the times of frames in a raw H.264 or HEVC stream, which states no times: a constant frame rate, with decoding times in
/// the order of the stream and presentation times in the order of its picture order counts.
/// </summary>
internal sealed unsafe class FrameOrder : IDisposable
{
    // Both standards let a frame be decoded at most this many frames before it is shown.
    private const int MostReordered = 16;

    private AVCodecParserContext* _parser;
    private AVCodecContext* _context;
    private int _countsPerFrame;
    private long _decoded;
    private long _sequence;
    private int _first;
    private int _highest;

    private FrameOrder(AVStream* stream, int countsPerFrame)
    {
        _countsPerFrame = countsPerFrame;
        _parser = ffmpeg.av_parser_init((int)stream->codecpar->codec_id);
        _context = ffmpeg.avcodec_alloc_context3(null);
        if (_parser == null || _context == null || ffmpeg.avcodec_parameters_to_context(_context, stream->codecpar) < 0)
        {
            Dispose();
            return;
        }
        _parser->flags |= ffmpeg.PARSER_FLAG_COMPLETE_FRAMES;
    }

    ~FrameOrder() => Close();

    public static FrameOrder? For(AVFormatContext* source, string format) =>
        source->nb_streams != 1 ? null
        : format == "h264" ? new FrameOrder(source->streams[0], countsPerFrame: 2)
        : format == "hevc" ? new FrameOrder(source->streams[0], countsPerFrame: 1)
        : null;

    public void Restart() => (_decoded, _sequence, _first, _highest) = (0, 0, 0, 0);

    public void SetTimes(AVPacket* packet, AVStream* stream)
    {
        if (_parser == null || packet->pts != PacketInfo.NoTimestamp || packet->dts != PacketInfo.NoTimestamp || packet->duration <= 0)
            return;
        byte* whole;
        int size;
        ffmpeg.av_parser_parse2(
            _parser, _context, &whole, &size, packet->data, packet->size, PacketInfo.NoTimestamp, PacketInfo.NoTimestamp, -1);
        var shown = PresentationIndex(_parser->output_picture_number, (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0);
        packet->dts = (_decoded - stream->codecpar->video_delay) * packet->duration;
        packet->pts = Math.Max(shown * packet->duration, packet->dts);
        _decoded++;
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    // A key frame whose count does not rise begins a new sequence, which is shown after all frames before it.
    private long PresentationIndex(int count, bool key)
    {
        if (_decoded == 0 || (key && count <= _highest))
            (_sequence, _first, _highest) = (_decoded, count, count);
        _highest = Math.Max(_highest, count);
        var ahead = count - _first;
        // H.264 usually counts fields, two per frame; some encoders count frames.
        if (ahead % _countsPerFrame != 0)
            _countsPerFrame = 1;
        while (ahead / _countsPerFrame > _decoded - _sequence + MostReordered)
            _countsPerFrame *= 2;
        return _sequence + (ahead / _countsPerFrame);
    }

    private void Close()
    {
        if (_parser != null)
            ffmpeg.av_parser_close(_parser);
        _parser = null;
        NativeFree.Codec(ref _context);
    }
}
