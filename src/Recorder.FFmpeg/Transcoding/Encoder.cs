namespace Recorder.FFmpeg;

/// <summary>One track's encoder: the first of several that there is and that opens.</summary>
internal sealed unsafe class Encoder : IDisposable
{
    private AVCodecContext* _context;
    private bool _drained;

    private Encoder(AVCodecContext* context, string name)
    {
        _context = context;
        Name = name;
    }

    /// <summary>The net under an encoder that nobody disposed.</summary>
    ~Encoder() => Close();

    public delegate void Configure(AVCodecContext* context, AVCodec* codec, string name, NativeOptions options);

    /// <summary>FFmpeg's name of the encoder.</summary>
    public string Name { get; }

    public AVCodecContext* Context => _context;

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

    /// <summary>Hands a frame in; null drains. What comes out goes to <paramref name="received"/>, called with the packet in place.</summary>
    public void Encode(AVFrame* frame, PacketBatch output, Func<nint, long> received)
    {
        if (frame == null)
        {
            if (_drained)
                return;
            _drained = true;
        }
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

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        var context = _context;
        _context = null;
        if (context != null)
            ffmpeg.avcodec_free_context(&context);
    }
}
