namespace Recorder.FFmpeg;

/// <summary>
/// One track's encoder: the first of several that there is and that opens. What ends it is bounded in time: an encoder with threads of its
/// own may wait for ever. SVT-AV1 does when it is closed before it is drained, and when it is drained before it had a frame.
/// </summary>
internal sealed unsafe class Encoder : IDisposable
{
    /// <summary>How long an encoder may take to give out what it holds.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(6);

    /// <summary>How long an encoder may take to close.</summary>
    public static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    private AVCodecContext* _context;
    private bool _hasFrames;
    private bool _drained;
    private bool _flushed;
    private bool _givenUp;

    private Encoder(AVCodecContext* context, string name)
    {
        _context = context;
        Name = name;
    }

    /// <summary>The net under an encoder that nobody disposed.</summary>
    ~Encoder()
    {
        // Nobody waits on the finalizer's thread.
        var end = Ending;
        if (Detach() is not 0 and var context)
            BoundedCall.Start("close " + Name, () => Free(context, end));
    }

    public delegate void Configure(AVCodecContext* context, AVCodec* codec, string name, NativeOptions options);

    /// <summary>FFmpeg's name of the encoder.</summary>
    public string Name { get; }

    public AVCodecContext* Context => _context;

    private End Ending => _flushed ? End.Close : !_hasFrames && Name == "libsvtav1" ? End.FeedAndFlush : End.Flush;

    public Rational TimeBase => _context->time_base.ToRational();

    /// <exception cref="FFmpegException">None of them is there, or none opens.</exception>
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
                using var options = new NativeOptions([]);
                configure(context, native, name, options);
                var dictionary = options.Pointer;
                var opened = ffmpeg.avcodec_open2(context, native, &dictionary);
                options.Pointer = dictionary;
                NativeError.Check(opened, $"Opening the encoder {name}");
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
        using var blank = new CodecParameters.Handle();
        NativeError.Check(ffmpeg.avcodec_parameters_from_context(blank.Pointer, _context), $"The parameters of {Name}");
        adjust?.Invoke((nint)blank.Pointer);
        return CodecParameters.From(blank.Pointer, frameRate, displayMatrix);
    }

    /// <summary>Hands a frame in. What comes out goes to <paramref name="received"/>, called with the packet in place.</summary>
    public void Encode(AVFrame* frame, PacketBatch output, Func<nint, long> received)
    {
        _hasFrames = true;
        Send(frame, output, received);
    }

    /// <summary>No more frames: what is held back comes out.</summary>
    /// <exception cref="FFmpegException">It fails, or does not come out in time.</exception>
    public void Drain(PacketBatch output, Func<nint, long> received)
    {
        if (_drained || _givenUp)
            return;
        _drained = true;
        // Without a frame there is nothing to come out, and SVT-AV1 waits for one.
        if (!_hasFrames)
            return;
        _flushed = true;
        // Not into the caller's batch: a thread that is given up may still write.
        var drained = PacketBatch.Rent();
        try
        {
            if (!BoundedCall.Run("drain " + Name, DrainTime, () => Send(null, drained, received)))
                throw GiveUp("give out its last frames", DrainTime);
            for (var index = 0; index < drained.Count; index++)
                output.Append(drained, index);
        }
        finally
        {
            if (!_givenUp)
                drained.Release();
        }
    }

    /// <summary>Closes it.</summary>
    /// <exception cref="FFmpegException">It does not end in time and is given up.</exception>
    public void Close()
    {
        var end = Ending;
        if (Detach() is not 0 and var context && !BoundedCall.Run("close " + Name, CloseTime, () => Free(context, end)))
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

    // The thread that hangs has the context for good.
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

    private static void Free(nint native, End end)
    {
        var context = (AVCodecContext*)native;
        if (end == End.FeedAndFlush)
            SendBlank(context);
        var packet = end == End.Close ? null : ffmpeg.av_packet_alloc();
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

    /// <summary>What an encoder needs before it can be closed.</summary>
    private enum End
    {
        Close,
        Flush,
        FeedAndFlush,
    }
}
