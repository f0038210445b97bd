namespace Recorder.FFmpeg;

/// <summary>
/// The encoder of one track: the first of several encoders that exists and opens. Draining and closing have a time limit, because
/// an encoder with threads may wait forever: SVT-AV1 does if it is closed before it is drained, or drained before it had a frame.
/// </summary>
internal sealed unsafe class Encoder : IDisposable
{
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(6);

    public static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    private AVCodecContext* _context;
    private bool _hasFrames;
    private bool _drained;
    private bool _wasDrained;
    private bool _givenUp;

    private Encoder(AVCodecContext* context, string name)
    {
        _context = context;
        Name = name;
    }

    ~Encoder()
    {
        // The finalizer thread must not wait for the encoder.
        if (Detach() is { } free)
            BoundedCall.Start("close " + Name, free);
    }

    public delegate void Configure(AVCodecContext* context, AVCodec* codec, string name, NativeOptions options);

    public string Name { get; }

    public AVCodecContext* Context => _context;

    public Rational TimeBase => _context->time_base.ToRational();

    public static Encoder Open(string codec, IEnumerable<string> names, Configure configure)
    {
        FFmpegLibrary.Ensure();
        FFmpegException? refusal = null;
        foreach (var name in names)
        {
            var native = ffmpeg.avcodec_find_encoder_by_name(name);
            if (native == null)
                continue;
            var context = NativeError.NotNull(ffmpeg.avcodec_alloc_context3(native));
            try
            {
                using var options = new NativeOptions();
                configure(context, native, name, options);
                NativeError.Check(ffmpeg.avcodec_open2(context, native, options.Address), $"Opening the encoder {name}");
                return new Encoder(context, name);
            }
            catch (FFmpegException e)
            {
                refusal = e;
                ffmpeg.avcodec_free_context(&context);
            }
        }
        throw refusal ?? new FFmpegException(NativeError.InvalidArgument, $"FFmpeg has no encoder for {codec}.");
    }

    public CodecParameters Describe(Rational frameRate, ReadOnlySpan<byte> displayMatrix, Action<nint>? adjust = null)
    {
        using var blank = new CodecParametersHandle();
        NativeError.Check(ffmpeg.avcodec_parameters_from_context(blank.Pointer, _context), $"The parameters of {Name}");
        adjust?.Invoke((nint)blank.Pointer);
        return CodecParameters.From(blank.Pointer, frameRate, displayMatrix);
    }

    /// <param name="received">Completes a packet, given its address, and returns its capture time.</param>
    public void Encode(AVFrame* frame, PacketBatch output, Func<nint, long> received)
    {
        _hasFrames = true;
        Send(frame, output, received);
    }

    public void Drain(PacketBatch output, Func<nint, long> received)
    {
        if (_drained || _givenUp)
            return;
        _drained = true;
        // Without a frame there are no packets, and SVT-AV1 would wait forever.
        if (!_hasFrames)
            return;
        _wasDrained = true;
        // Use a batch of its own, because a thread that was given up may still write to it.
        var drained = PacketBatch.Rent();
        try
        {
            if (!BoundedCall.Run("drain " + Name, DrainTime, () => Send(null, drained, received)))
                throw GiveUp("return its last frames", DrainTime);
            for (var index = 0; index < drained.Count; index++)
                output.Append(drained, index);
        }
        finally
        {
            if (!_givenUp)
                drained.Release();
        }
    }

    public void Close()
    {
        if (Detach() is { } free && !BoundedCall.Run("close " + Name, CloseTime, free))
            throw GiveUp("close", CloseTime);
    }

    public void Dispose()
    {
        try
        {
            Close();
        }
        catch (FFmpegException stuck)
        {
            NativeLog.Error(stuck.Message);
        }
        GC.SuppressFinalize(this);
    }

    private void Send(AVFrame* frame, PacketBatch output, Func<nint, long> received)
    {
        NativeError.Check(ffmpeg.avcodec_send_frame(_context, frame), $"Encoding with {Name}");
        while (true)
        {
            var packet = output.Next();
            var got = ffmpeg.avcodec_receive_packet(_context, packet);
            if (got == NativeError.Again || got == ffmpeg.AVERROR_EOF)
                return;
            NativeError.Check(got, $"Encoding with {Name}");
            output.Commit(received((nint)packet));
        }
    }

    // The context is never freed then, because the thread that hangs still uses it.
    private FFmpegException GiveUp(string doing, TimeSpan within)
    {
        _givenUp = true;
        return new FFmpegException(ffmpeg.AVERROR_EXIT, $"The encoder {Name} did not {doing} within {within.TotalSeconds:0} s and was given up.")
        {
            IsTimeout = true,
        };
    }

    private Action? Detach()
    {
        var native = _givenUp ? 0 : (nint)_context;
        _context = null;
        var needsDrain = !_wasDrained;
        var needsFrame = needsDrain && !_hasFrames && Name == "libsvtav1";
        return native == 0 ? null : () => Free((AVCodecContext*)native, needsDrain, needsFrame);
    }

    private static void Free(AVCodecContext* context, bool needsDrain, bool needsFrame)
    {
        if (needsFrame)
            SendBlank(context);
        var packet = needsDrain ? ffmpeg.av_packet_alloc() : null;
        if (packet != null)
        {
            _ = ffmpeg.avcodec_send_frame(context, null);
            while (ffmpeg.avcodec_receive_packet(context, packet) >= 0)
                ffmpeg.av_packet_unref(packet);
            ffmpeg.av_packet_free(&packet);
        }
        ffmpeg.avcodec_free_context(&context);
    }

    private static void SendBlank(AVCodecContext* context)
    {
        var frame = ffmpeg.av_frame_alloc();
        if (frame == null)
            return;
        (frame->width, frame->height, frame->format, frame->pts) = (context->width, context->height, (int)context->pix_fmt, 0);
        if (ffmpeg.av_frame_get_buffer(frame, 0) >= 0)
            _ = ffmpeg.avcodec_send_frame(context, frame);
        ffmpeg.av_frame_free(&frame);
    }
}
