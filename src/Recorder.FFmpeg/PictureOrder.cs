namespace Recorder.FFmpeg;

/// <summary>
/// Gives the pictures of a raw H.264 or HEVC stream, which states no times at all, the times of a steady rate: decoded in the order they
/// come, shown in the order that the stream itself states as picture order counts.
/// </summary>
internal sealed unsafe class PictureOrder : IDisposable
{
    // The most that either standard lets a picture be decoded ahead of its turn.
    private const int MostReordered = 16;

    private AVCodecParserContext* _parser;
    private AVCodecContext* _context;
    private int _countsAPicture;
    private long _decoded;
    private long _sequence;
    private int _first;
    private int _highest;

    private PictureOrder(AVStream* stream, int countsAPicture)
    {
        _countsAPicture = countsAPicture;
        _parser = ffmpeg.av_parser_init((int)stream->codecpar->codec_id);
        _context = ffmpeg.avcodec_alloc_context3(null);
        if (_parser == null || _context == null || ffmpeg.avcodec_parameters_to_context(_context, stream->codecpar) < 0)
        {
            Dispose();
            return;
        }
        _parser->flags |= ffmpeg.PARSER_FLAG_COMPLETE_FRAMES;
    }

    /// <summary>The net under one that nobody disposed.</summary>
    ~PictureOrder() => Close();

    /// <summary>One for a source that states no times; null for any other.</summary>
    public static PictureOrder? For(AVFormatContext* source, string format) =>
        source->nb_streams != 1 ? null
        : format == "h264" ? new PictureOrder(source->streams[0], countsAPicture: 2)
        : format == "hevc" ? new PictureOrder(source->streams[0], countsAPicture: 1)
        : null;

    /// <summary>The source goes on with its first picture.</summary>
    public void Restart() => (_decoded, _sequence, _first, _highest) = (0, 0, 0, 0);

    /// <summary>Gives a packet its times, where it has none.</summary>
    public void Stamp(AVPacket* packet, AVStream* stream)
    {
        if (_parser == null || packet->pts != PacketInfo.NoTimestamp || packet->dts != PacketInfo.NoTimestamp || packet->duration <= 0)
            return;
        byte* whole;
        int size;
        ffmpeg.av_parser_parse2(
            _parser, _context, &whole, &size, packet->data, packet->size, PacketInfo.NoTimestamp, PacketInfo.NoTimestamp, -1);
        var shown = Shown(_parser->output_picture_number, (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0);
        packet->dts = (_decoded - stream->codecpar->video_delay) * packet->duration;
        packet->pts = Math.Max(shown * packet->duration, packet->dts);
        _decoded++;
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    // A key frame that does not count on begins another sequence: all pictures before it are shown before it.
    private long Shown(int count, bool key)
    {
        if (_decoded == 0 || (key && count <= _highest))
            (_sequence, _first, _highest) = (_decoded, count, count);
        _highest = Math.Max(_highest, count);
        var ahead = count - _first;
        // H.264 counts fields, two a picture, as a rule; some encoders count pictures.
        if (ahead % _countsAPicture != 0)
            _countsAPicture = 1;
        while (ahead / _countsAPicture > _decoded - _sequence + MostReordered)
            _countsAPicture *= 2;
        return _sequence + (ahead / _countsAPicture);
    }

    private void Close()
    {
        if (_parser != null)
            ffmpeg.av_parser_close(_parser);
        _parser = null;
        var context = _context;
        _context = null;
        if (context != null)
            ffmpeg.avcodec_free_context(&context);
    }
}
