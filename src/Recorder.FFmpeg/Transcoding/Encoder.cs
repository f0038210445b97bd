namespace Recorder.FFmpeg;

/// <summary>
/// The encoder of one track: the first of several encoders that exists and opens. Draining and closing have a time limit, because an encoder
/// with threads may wait forever: SVT-AV1 does if it is closed before it is drained, or drained before it had a frame.
/// </summary>
internal sealed unsafe class Encoder : IDisposable
{
    /// <summary>The longest time in which an encoder must return its remaining packets.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(6);

    /// <summary>The longest time in which an encoder must close.</summary>
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

    /// <summary>Closes the encoder if it was never disposed.</summary>
    ~Encoder()
    {
        // The finalizer thread must not wait for the encoder.
        var step = RequiredStep;
        if (Detach() is not 0 and var context)
            BoundedCall.Start("close " + Name, () => Free(context, step));
    }

    public delegate void Configure(AVCodecContext* context, AVCodec* codec, string name, NativeOptions options);

    /// <summary>FFmpeg's name of the encoder.</summary>
    public string Name { get; }

    public AVCodecContext* Context => _context;

    private EndStep RequiredStep => _wasDrained ? EndStep.None : !_hasFrames && Name == "libsvtav1" ? EndStep.FeedAndDrain : EndStep.Drain;

    public Rational TimeBase => _context->time_base.ToRational();

    /// <summary>Opens the first of the named encoders that FFmpeg has and that opens.</summary>
    /// <exception cref="FFmpegException">FFmpeg has none of the encoders, or none opens.</exception>
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
                NativeError.Check(options.OpenCodec(context, native), $"Opening the encoder {name}");
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

    /// <summary>Returns the parameters of the encoded track.</summary>
    public CodecParameters Describe(Rational frameRate, ReadOnlySpan<byte> displayMatrix, Action<nint>? adjust = null)
    {
        using var blank = new CodecParametersHandle();
        NativeError.Check(ffmpeg.avcodec_parameters_from_context(blank.Pointer, _context), $"The parameters of {Name}");
        adjust?.Invoke((nint)blank.Pointer);
        return CodecParameters.From(blank.Pointer, frameRate, displayMatrix);
    }

    /// <summary>
    /// Encodes a frame and appends the encoded packets. Calls <paramref name="received"/> with the address of each packet to complete it; the
    /// result is its capture time.
    /// </summary>
    public void Encode(AVFrame* frame, PacketBatch output, Func<nint, long> received)
    {
        _hasFrames = true;
        Send(frame, output, received);
    }

    /// <summary>Ends the input and appends the remaining packets.</summary>
    /// <exception cref="FFmpegException">The encoder fails, or does not return them in time.</exception>
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

    /// <summary>Closes the encoder.</summary>
    /// <exception cref="FFmpegException">The encoder does not close in time and is given up.</exception>
    public void Close()
    {
        var step = RequiredStep;
        if (Detach() is not 0 and var context && !BoundedCall.Run("close " + Name, CloseTime, () => Free(context, step)))
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

    private nint Detach()
    {
        if (_givenUp)
            return 0;
        var context = _context;
        _context = null;
        return (nint)context;
    }

    private static void Free(nint native, EndStep step)
    {
        var context = (AVCodecContext*)native;
        if (step == EndStep.FeedAndDrain)
            SendBlank(context);
        var packet = step == EndStep.None ? null : ffmpeg.av_packet_alloc();
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

    /// <summary>The step that an encoder needs before it can be closed.</summary>
    private enum EndStep
    {
        None,
        Drain,
        FeedAndDrain,
    }
}
