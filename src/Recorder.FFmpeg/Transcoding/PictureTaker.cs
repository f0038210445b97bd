namespace Recorder.FFmpeg;

/// <summary>Decodes packets from a key frame on to one picture, and makes a JPEG of it. One thread at a time.</summary>
public sealed unsafe class PictureTaker : IPictureTaker
{
    private const int LargestSide = 16384;

    private readonly Decoder _decoder;
    private readonly long _until;
    private readonly long _mostPixels;
    private AVFrame* _picture;

    /// <summary>Opens the decoder.</summary>
    /// <param name="input">What is decoded.</param>
    /// <param name="timeBase">What its times count.</param>
    /// <param name="until">The time of the picture: the last one that is shown at or before it.</param>
    /// <exception cref="FFmpegException">There is no such decoder.</exception>
    public PictureTaker(CodecParameters input, Rational timeBase, long until)
        : this(input, timeBase, until, MediaLimits.Default.Pixels)
    {
    }

    /// <summary>Opens the decoder.</summary>
    /// <param name="input">What is decoded.</param>
    /// <param name="timeBase">What its times count.</param>
    /// <param name="until">The time of the picture: the last one that is shown at or before it.</param>
    /// <param name="mostPixels">Most pixels of a picture that is decoded or made.</param>
    /// <exception cref="FFmpegException">There is no such decoder, or the pictures are too large.</exception>
    public PictureTaker(CodecParameters input, Rational timeBase, long until, long mostPixels)
    {
        (_until, _mostPixels) = (until, mostPixels);
        _decoder = new Decoder(input, timeBase, threads: 1, mostPixels);
    }

    /// <summary>The net under one that nobody disposed.</summary>
    ~PictureTaker() => Close();

    /// <summary>Whether a picture behind the wanted one was seen: no more packets are needed.</summary>
    public bool IsDone { get; private set; }

    /// <summary>When the picture is shown; null without one.</summary>
    public long? Time { get; private set; }

    /// <summary>Adds a packet, in the order of decoding.</summary>
    public void Add(PacketBatch batch, int index, long pts)
    {
        while (!IsDone && !_decoder.TrySend(batch, index, pts) && Receive())
        {
        }

        Receive();
    }

    /// <summary>The picture as a JPEG; null when nothing could be decoded.</summary>
    /// <param name="width">How wide it is to be; null as it is. Pixels become square.</param>
    /// <exception cref="FFmpegException">It cannot be scaled or encoded.</exception>
    public byte[]? Take(int? width)
    {
        if (!IsDone)
        {
            _decoder.Drain();
            Receive();
        }

        if (_picture == null)
            return null;
        var aspect = _picture->sample_aspect_ratio is { num: > 0, den: > 0 } stated ? (double)stated.num / stated.den : 1;
        var wide = Math.Clamp(width ?? (int)Math.Round(_picture->width * aspect), 1, LargestSide);
        var high = Math.Clamp((int)Math.Round(wide * (double)_picture->height / (_picture->width * aspect)), 1, LargestSide);
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
            var fitted = scaler.Fit(_picture);
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
        Close();
        GC.SuppressFinalize(this);
    }

    private bool Receive()
    {
        var any = false;
        while (!IsDone && _decoder.TryReceive())
        {
            any = true;
            var frame = _decoder.Frame;
            var time = frame->pts != PacketInfo.NoTimestamp ? frame->pts : frame->best_effort_timestamp;
            if (time > _until)
            {
                IsDone = true;
                break;
            }

            Time = time;
            _picture = _decoder.Exchange(_picture != null ? _picture : NativeError.NotNull(ffmpeg.av_frame_alloc()));
        }

        return any;
    }

    private void Close()
    {
        var picture = _picture;
        _picture = null;
        if (picture != null)
            ffmpeg.av_frame_free(&picture);
    }
}
