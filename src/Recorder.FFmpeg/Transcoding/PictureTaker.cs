namespace Recorder.FFmpeg;

/// <summary>Decodes packets from a key frame up to one frame, and makes a JPEG of it. One thread at a time.</summary>
public sealed unsafe class PictureTaker : IPictureTaker
{
    private const int LargestSide = 16384;

    private readonly Decoder _decoder;
    private readonly long _until;
    private readonly long _mostPixels;
    private AVFrame* _frame;

    /// <inheritdoc cref="PictureTaker(CodecParameters, Rational, long, long)"/>
    public PictureTaker(CodecParameters input, Rational timeBase, long until)
        : this(input, timeBase, until, MediaLimits.Default.Pixels)
    {
    }

    /// <summary>Opens the decoder.</summary>
    /// <param name="input">The parameters of the track.</param>
    /// <param name="timeBase">The time base of the track.</param>
    /// <param name="until">The wanted time: the last frame that is shown at or before it is taken.</param>
    /// <param name="mostPixels">The largest number of pixels of a decoded frame and of the JPEG.</param>
    /// <exception cref="FFmpegException">FFmpeg has no decoder for the codec, or the frames are too large.</exception>
    public PictureTaker(CodecParameters input, Rational timeBase, long until, long mostPixels)
    {
        (_until, _mostPixels) = (until, mostPixels);
        _decoder = new Decoder(input, timeBase, threads: 1, mostPixels);
    }

    /// <summary>Frees the frame if this was never disposed.</summary>
    ~PictureTaker() => NativeFree.Frame(ref _frame);

    /// <inheritdoc/>
    public bool IsDone { get; private set; }

    /// <inheritdoc/>
    public long? Time { get; private set; }

    /// <inheritdoc/>
    public void Add(PacketBatch batch, int index, long pts)
    {
        while (!IsDone && !_decoder.TrySend(batch, index, pts) && Receive())
        {
        }
        Receive();
    }

    /// <inheritdoc/>
    public byte[]? Take(int? width)
    {
        if (!IsDone)
        {
            _decoder.Drain();
            Receive();
        }
        if (_frame == null)
            return null;
        var aspect = _frame->sample_aspect_ratio is { num: > 0, den: > 0 } stated ? (double)stated.num / stated.den : 1;
        var wide = Math.Clamp(width ?? (int)Math.Round(_frame->width * aspect), 1, LargestSide);
        var high = Math.Clamp((int)Math.Round(wide * (double)_frame->height / (_frame->width * aspect)), 1, LargestSide);
        if ((long)wide * high > _mostPixels)
            throw MediaLimitCheck.TooLarge("The picture", wide, high, _mostPixels);
        var format = ffmpeg.av_get_pix_fmt("yuvj420p");
        using var scaler = new Scaler(wide, high, format);
        using var encoder = Encoder.Open("mjpeg", ["mjpeg"], (context, _, _, options) =>
        {
            (context->width, context->height, context->pix_fmt) = (wide, high, format);
            context->time_base = new Rational(1, 25).ToNative();
            context->color_range = AVColorRange.AVCOL_RANGE_JPEG;
            options.Set("qmin", "3");
            options.Set("qmax", "5");
        });
        var output = PacketBatch.Rent();
        try
        {
            var fitted = scaler.Fit(_frame);
            fitted->pts = 0;
            fitted->pict_type = AVPictureType.AV_PICTURE_TYPE_NONE;
            encoder.Encode(fitted, output, _ => 0);
            encoder.Drain(output, _ => 0);
            return output.Count == 0 ? null : output.Data(0).ToArray();
        }
        finally
        {
            output.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        NativeFree.Frame(ref _frame);
        GC.SuppressFinalize(this);
    }

    private bool Receive()
    {
        var any = false;
        while (!IsDone && _decoder.TryReceive())
        {
            any = true;
            var time = _decoder.FrameTime;
            if (time > _until)
            {
                IsDone = true;
                break;
            }
            Time = time;
            _frame = _decoder.Exchange(_frame != null ? _frame : NativeError.NotNull(ffmpeg.av_frame_alloc()));
        }
        return any;
    }
}
