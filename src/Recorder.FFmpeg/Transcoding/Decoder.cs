using System.Globalization;

namespace Recorder.FFmpeg;

/// <summary>One track's decoder and the frame it fills.</summary>
internal sealed unsafe class Decoder : IDisposable
{
    private readonly string _codec;
    private AVCodecContext* _context;
    private AVPacket* _packet;
    private AVFrame* _frame;
    private bool _drained;

    public Decoder(CodecParameters input, Rational timeBase, int threads, long mostPixels)
    {
        FFmpegLibrary.Ensure();
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
            // Frame threads would hold one frame a thread back.
            _context->thread_type = ffmpeg.FF_THREAD_SLICE;
            using var options = new NativeOptions([]);
            options.Set("max_pixels", mostPixels.ToString(CultureInfo.InvariantCulture));
            var dictionary = options.Pointer;
            var opened = ffmpeg.avcodec_open2(_context, codec, &dictionary);
            options.Pointer = dictionary;
            NativeError.Check(opened, $"Opening the decoder of {input}");
            _packet = NativeError.NotNull(ffmpeg.av_packet_alloc());
            _frame = NativeError.NotNull(ffmpeg.av_frame_alloc());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The net under a decoder that nobody disposed.</summary>
    ~Decoder() => Close();

    /// <summary>The frame that <see cref="TryReceive"/> filled last.</summary>
    public AVFrame* Frame => _frame;

    /// <summary>Packets that could not be decoded: damage on the way, counted and passed over.</summary>
    public long Errors { get; private set; }

    /// <summary>Hands a packet in with another presentation time. False: receive first, then hand it in again.</summary>
    public bool TrySend(PacketBatch batch, int index, long pts)
    {
        var source = batch.Packet(index);
        var packet = _packet;
        packet->buf = source->buf;
        packet->data = source->data;
        packet->size = source->size;
        packet->flags = source->flags;
        packet->side_data = source->side_data;
        packet->side_data_elems = source->side_data_elems;
        packet->duration = source->duration;
        packet->pts = pts;
        packet->dts = source->dts == PacketInfo.NoTimestamp || source->pts == PacketInfo.NoTimestamp || pts == PacketInfo.NoTimestamp
            ? PacketInfo.NoTimestamp
            : source->dts - source->pts + pts;
        var sent = ffmpeg.avcodec_send_packet(_context, packet);
        // The packet stays the batch's.
        packet->buf = null;
        packet->data = null;
        packet->size = 0;
        packet->side_data = null;
        packet->side_data_elems = 0;
        GC.KeepAlive(batch);
        if (sent == NativeError.Again)
            return false;
        if (sent == NativeError.OutOfMemory)
            throw NativeError.Failure(sent, $"Decoding {_codec}");
        if (sent < 0)
            Errors++;
        return true;
    }

    /// <summary>Gives what <see cref="TryReceive"/> filled last to the caller, and takes another frame to be filled.</summary>
    public AVFrame* Exchange(AVFrame* other)
    {
        var filled = _frame;
        _frame = other;
        return filled;
    }

    /// <summary>No more packets: what is held back comes out.</summary>
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
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        var packet = _packet;
        var frame = _frame;
        var context = _context;
        _packet = null;
        _frame = null;
        _context = null;
        if (packet != null)
            ffmpeg.av_packet_free(&packet);
        if (frame != null)
            ffmpeg.av_frame_free(&frame);
        if (context != null)
            ffmpeg.avcodec_free_context(&context);
    }
}
