using System.Globalization;

namespace Recorder.FFmpeg;

/// <summary>
/// Decodes, scales and encodes one video track. One thread at a time. Frames whose size or format changes are scaled to the size
/// at the start. An odd width or height is made even by scaling. No encoder reorders frames, so decoding and presentation times
/// are equal.
/// </summary>
public sealed unsafe class VideoTranscoder : ITranscoder
{
    private static readonly Rational Clock = new(1, 90_000);

    private readonly Rational _inputTimeBase;
    private readonly VideoEncoding _encoding;
    private readonly Rational _frameRate;
    private readonly Decoder _decoder;
    private readonly Encoder _encoder;
    private readonly Scaler _scaler;
    private readonly Func<nint, long> _received;
    private readonly long _frameDuration;
    private readonly KeyFrameInterval _keyFrames;
    private CaptureClock _capture;
    private long _lastPts = PacketInfo.NoTimestamp;
    private int _outputTrack;
    private bool _disposed;

    /// <summary>Opens decoder and encoder.</summary>
    /// <exception cref="FFmpegException">FFmpeg has no decoder or no encoder, or the frame size is not known.</exception>
    public VideoTranscoder(CodecParameters input, Rational inputTimeBase, VideoEncoding encoding)
    {
        if (input.Width <= 0 || input.Height <= 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"The frame size of {input.Codec} is not known.");
        if (encoding is { KeyFrameIntervalCount: <= 0 } or { BitsPerSecond: <= 0 })
            throw new ArgumentOutOfRangeException(nameof(encoding), "Bit rate and key frame interval must be above zero.");
        _inputTimeBase = inputTimeBase;
        _encoding = encoding;
        _frameRate = encoding.FrameRate.IsKnown ? encoding.FrameRate : input.FrameRate.IsKnown ? input.FrameRate : new Rational(25, 1);
        _frameDuration = Math.Max(1, _frameRate.Inverse.Rescale(1, Clock));
        _keyFrames = new KeyFrameInterval(encoding, Clock);
        var width = Math.Max(2, (encoding.Width > 0 ? encoding.Width : input.Width) & ~1);
        var height = Math.Max(2, (encoding.Height > 0 ? encoding.Height : input.Height) & ~1);
        var pixelFormat = ffmpeg.av_get_pix_fmt("yuv420p");
        _decoder = new Decoder(input, inputTimeBase, encoding.Threads, encoding.MostPixels);
        try
        {
            _encoder = Encoder.Open(encoding.Codec, EncodersOf(encoding.Codec), (context, _, name, options) =>
            {
                (context->width, context->height, context->pix_fmt) = (width, height, pixelFormat);
                using (var parameters = input.Borrow())
                    context->sample_aspect_ratio = parameters.Pointer->sample_aspect_ratio;
                Configure(context, name, options);
            });
            _scaler = new Scaler(width, height, pixelFormat);
            Output = _encoder.Describe(_frameRate, input.DisplayMatrix);
        }
        catch
        {
            _decoder.Dispose();
            _encoder?.Dispose();
            throw;
        }
        _received = Received;
    }

    /// <inheritdoc/>
    public CodecParameters Output { get; }

    /// <inheritdoc/>
    public Rational OutputTimeBase { get; } = Clock;

    /// <summary>FFmpeg's name of the encoder in use.</summary>
    public string EncoderName => _encoder.Name;

    /// <inheritdoc/>
    public long DecodeErrors => _decoder.Errors;

    /// <summary>Whether to encode black frames instead of the video. The timing stays the same.</summary>
    public bool Blank { get; set; }

    /// <inheritdoc/>
    public void ForceKeyFrame() => _keyFrames.Force();

    /// <inheritdoc/>
    public void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _outputTrack = outputTrack;
        _capture.Observe(input[index].CaptureTimeUs, pts, _inputTimeBase);
        while (!_decoder.TrySend(input, index, pts) && EncodeDecoded(output))
        {
        }
        EncodeDecoded(output);
    }

    /// <inheritdoc/>
    public void Finish(PacketBatch output, int outputTrack)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _outputTrack = outputTrack;
        _decoder.Drain();
        EncodeDecoded(output);
        _encoder.Drain(output, _received);
    }

    /// <inheritdoc/>
    public void Close()
    {
        _disposed = true;
        _decoder.Dispose();
        try
        {
            _encoder.Close();
        }
        finally
        {
            _scaler.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _decoder.Dispose();
        _encoder.Dispose();
        _scaler.Dispose();
    }

    internal static string[] EncodersOf(string codec) => codec switch
    {
        "h264" => ["libx264", "libopenh264"],
        "vp8" => ["libvpx"],
        "vp9" => ["libvpx-vp9"],
        "av1" => ["libsvtav1", "libaom-av1"],
        _ => [codec],
    };

    private void Configure(AVCodecContext* context, string name, NativeOptions options)
    {
        context->time_base = Clock.ToNative();
        context->framerate = _frameRate.ToNative();
        // The duration of a frame; libvpx and libaom would otherwise assume one tick.
        context->ticks_per_frame = (int)_frameDuration;
        context->bit_rate = _encoding.BitsPerSecond;
        context->thread_count = _encoding.Threads;
        context->max_b_frames = 0;
        if (_encoding.GlobalHeader)
            context->flags |= ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER;
        context->gop_size = _keyFrames.FramesFor(_frameDuration);
        if (_encoding.ConstantBitrate)
        {
            context->rc_max_rate = context->rc_min_rate = _encoding.BitsPerSecond;
            context->rc_buffer_size = (int)Math.Min(_encoding.BitsPerSecond, int.MaxValue);
        }
        switch (name)
        {
            case "libx264":
                options.Set("preset", "veryfast");
                options.Set("forced-idr", "1");
                if (_encoding.Quality is { } quality)
                {
                    context->bit_rate = 0;
                    options.Set("crf", quality.ToString(CultureInfo.InvariantCulture));
                }
                else
                {
                    options.Set("tune", "zerolatency");
                }
                if (_encoding.SetsNumber > 0)
                {
                    // What a decoder of any profile decodes: the track's header states the other encoder's profile.
                    options.Set("profile", "baseline");
                    options.Set("x264-params", string.Create(CultureInfo.InvariantCulture, $"sps-id={_encoding.SetsNumber}"));
                }
                break;
            case "libvpx" or "libvpx-vp9":
                options.Set("deadline", "realtime");
                options.Set("cpu-used", "8");
                options.Set("lag-in-frames", "0");
                options.Set("auto-alt-ref", "0");
                options.Set("error-resilient", "0");
                break;
            case "libaom-av1":
                options.Set("usage", "realtime");
                options.Set("cpu-used", "8");
                options.Set("lag-in-frames", "0");
                break;
            case "libsvtav1":
                options.Set("preset", "11");
                options.Set("svtav1-params", string.Create(CultureInfo.InvariantCulture, $"pred-struct=1:lookahead=0:lp={Math.Max(1, _encoding.Threads)}"));
                break;
        }
    }

    private bool EncodeDecoded(PacketBatch output)
    {
        var any = false;
        while (_decoder.TryReceive())
        {
            any = true;
            var decoded = _decoder.Frame;
            var time = _decoder.FrameTime;
            var pts = time == PacketInfo.NoTimestamp
                ? (_lastPts == PacketInfo.NoTimestamp ? 0 : _lastPts + _frameDuration)
                : _inputTimeBase.Rescale(time, Clock);
            if (_lastPts != PacketInfo.NoTimestamp)
                pts = Math.Max(pts, _lastPts + 1);
            Encode(Blank ? _scaler.Black() : _scaler.Fit(decoded), pts, output);
            ffmpeg.av_frame_unref(decoded);
        }
        return any;
    }

    private void Encode(AVFrame* frame, long pts, PacketBatch output)
    {
        var key = _keyFrames.IsKeyFrame(pts);
        _lastPts = pts;
        frame->pts = pts;
        // The decoder leaves its own frame type here, which encoders would obey.
        frame->pict_type = key ? AVPictureType.AV_PICTURE_TYPE_I : AVPictureType.AV_PICTURE_TYPE_NONE;
        _encoder.Encode(frame, output, _received);
    }

    private long Received(nint native)
    {
        var packet = (AVPacket*)native;
        packet->stream_index = _outputTrack;
        if (packet->dts == PacketInfo.NoTimestamp || packet->dts > packet->pts)
            packet->dts = packet->pts;
        if (packet->duration <= 0)
            packet->duration = _frameDuration;
        return _capture.At(packet->pts, Clock);
    }
}
