namespace Recorder.FFmpeg;

internal sealed unsafe class Decoder : IDisposable
{
    private readonly string _codec;
    private AVCodecContext* _context;
    private readonly PacketView _packet = new();
    private AVFrame* _frame;
    private bool _drained;

    public Decoder(CodecParameters input, Rational timeBase, int threads, long mostPixels)
    {
        _codec = input.Codec;
        if ((long)input.Width * input.Height > mostPixels)
            throw MediaLimitCheck.TooLarge("The video", input.Width, input.Height, mostPixels);
        try
        {
            using var parameters = input.Borrow();
            var codec = ffmpeg.avcodec_find_decoder(parameters.Pointer->codec_id);
            if (codec == null)
                throw new FFmpegException(ffmpeg.AVERROR_DECODER_NOT_FOUND, $"FFmpeg has no decoder for {_codec}.");
            _context = NativeError.NotNull(ffmpeg.avcodec_alloc_context3(codec));
            NativeError.Check(ffmpeg.avcodec_parameters_to_context(_context, parameters.Pointer), $"The parameters of {input}");
            _context->pkt_timebase = timeBase.ToNative();
            _context->thread_count = threads;
            // Frame threads would delay the output by one frame per thread.
            _context->thread_type = ffmpeg.FF_THREAD_SLICE;
            using var options = new NativeOptions();
            options.Set("max_pixels", mostPixels);
            NativeError.Check(ffmpeg.avcodec_open2(_context, codec, options.Address), $"Opening the decoder of {input}");
            _frame = NativeError.NotNull(ffmpeg.av_frame_alloc());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    ~Decoder() => Close();

    public AVFrame* Frame => _frame;

    /// <summary>The presentation time of <see cref="Frame"/>, or FFmpeg's best guess if the frame has none.</summary>
    public long FrameTime => _frame->pts != PacketInfo.NoTimestamp ? _frame->pts : _frame->best_effort_timestamp;

    public long Errors { get; private set; }

    /// <summary>Decodes a packet at another time. If it returns false, call <see cref="TryReceive"/> and try again.</summary>
    public bool TrySend(PacketBatch batch, int index, long pts)
    {
        var source = batch.Packet(index);
        var packet = _packet.Show(source);
        packet->side_data = source->side_data;
        packet->side_data_elems = source->side_data_elems;
        packet->duration = source->duration;
        packet->pts = pts;
        packet->dts = source->dts == PacketInfo.NoTimestamp || source->pts == PacketInfo.NoTimestamp || pts == PacketInfo.NoTimestamp
            ? PacketInfo.NoTimestamp
            : source->dts - source->pts + pts;
        var sent = ffmpeg.avcodec_send_packet(_context, packet);
        _packet.Clear();
        GC.KeepAlive(batch);
        if (sent == NativeError.Again)
            return false;
        if (sent == NativeError.OutOfMemory)
            throw NativeError.Failure(sent, $"Decoding {_codec}");
        if (sent < 0)
            Errors++;
        return true;
    }

    /// <summary>Returns the frame that <see cref="TryReceive"/> filled last, and fills another one from now on.</summary>
    public AVFrame* Exchange(AVFrame* other)
    {
        var filled = _frame;
        _frame = other;
        return filled;
    }

    public void Drain()
    {
        if (_drained)
            return;
        _drained = true;
        _ = ffmpeg.avcodec_send_packet(_context, null);
    }

    public bool TryReceive()
    {
        while (true)
        {
            var received = ffmpeg.avcodec_receive_frame(_context, _frame);
            if (received >= 0)
                return true;
            if (received == NativeError.Again || received == ffmpeg.AVERROR_EOF)
                return false;
            if (received == NativeError.OutOfMemory)
                throw NativeError.Failure(received, $"Decoding {_codec}");
            Errors++;
            if (_drained)
                return false;
        }
    }

    public void Dispose()
    {
        _packet.Dispose();
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        NativeFree.Frame(ref _frame);
        NativeFree.Codec(ref _context);
    }
}
