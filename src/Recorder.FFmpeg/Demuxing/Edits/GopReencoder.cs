namespace Recorder.FFmpeg;

/// <summary>
/// Makes the shown frames of an H.264 movie decodable if the movie was cut inside a GOP without encoding, so that its edit list
/// hides their key frame. The frames up to the next key frame are decoded and encoded again without loss; all others stay
/// unchanged. One codec header has the parameter sets of both under different numbers. The reasons:
/// docs/adr/0025-what-is-shown-is-recorded.md.
/// </summary>
internal sealed unsafe class GopReencoder : IDisposable
{
    // The highest number that a sequence parameter set may have; sources use the lowest ones.
    private const string SetNumber = "31";

    // The encoded frames have an additional row of blocks at the bottom, which is cropped. Because of the other size, FFmpeg's
    // decoder starts anew at the next GOP. Otherwise it would decode that GOP's chroma with state that the lossless frames left
    // behind.
    private const int Margin = 16;

    private readonly StreamInfo _stream;
    private readonly int _lengthSize;
    private readonly PacketBatch _waiting = PacketBatch.Rent();
    private Decoder? _decoder;
    private Encoder? _encoder;
    private AVFrame* _padded;
    private long _reorder;
    private long _duration;
    private long _end;
    private bool _halvesRows;
    private bool _isUnable;
    private bool _isDisposed;

    private GopReencoder(StreamInfo stream, int lengthSize) => (_stream, _lengthSize) = (stream, lengthSize);

    /// <summary>The track's parameters with both codec headers; null until something is encoded.</summary>
    public CodecParameters? Parameters { get; private set; }

    public static GopReencoder? For(StreamInfo stream)
    {
        using var parameters = stream.Parameters.Borrow();
        if (stream.Parameters.Codec != "h264" || ParameterSets.For("h264")!.LengthSize(parameters.ExtraData) is not (> 0 and var lengthSize)
            || ffmpeg.avcodec_find_encoder_by_name("libx264") == null)
            return null;
        return new GopReencoder(stream, lengthSize);
    }

    public void Add(PacketBatch batch, int index, bool isHidden, PacketBatch output)
    {
        var packet = batch[index];
        if (_isUnable)
            output.Append(batch, index);
        else if (_decoder is not null)
            AddToGop(batch, index, isHidden, output);
        else if (isHidden && packet.Key)
            Begin(batch, index, output);
        // A hidden packet behind the shown part is needed only by frames that follow it and are shown before it.
        else if (isHidden)
            _waiting.Append(batch, index);
        else
            Pass(batch, index, output);
    }

    public void Finish(PacketBatch output)
    {
        if (_decoder is not null)
            End(output);
        Reset();
    }

    public void Reset()
    {
        Drop();
        _decoder?.Dispose();
        _encoder?.Dispose();
        (_decoder, _encoder) = (null, null);
        NativeFree.Frame(ref _padded);
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Reset();
        _waiting.Release();
    }

    private void Begin(PacketBatch batch, int index, PacketBatch output)
    {
        Drop();
        var packet = batch[index];
        _reorder = Math.Max(0, packet.Pts - packet.Dts);
        (_duration, _end) = (Math.Max(1, packet.Duration), long.MaxValue);
        try
        {
            _decoder = new Decoder(_stream.Parameters, _stream.TimeBase, threads: 1, MediaLimits.Default.Pixels);
            _encoder = OpenEncoder();
            Describe();
            Send(batch, index, null);
        }
        catch (FFmpegException)
        {
            // The encoder does not take these frames. Recording hidden frames is better than losing shown ones.
            Reset();
            _isUnable = true;
            output.Append(batch, index);
        }
    }

    // A shown key frame ends the GOP, unless frames follow it that are shown before it: they may depend on the GOP.
    private void AddToGop(PacketBatch batch, int index, bool isHidden, PacketBatch output)
    {
        var packet = batch[index];
        if (_waiting.Count > 0 && !isHidden && packet.Pts > _end)
        {
            End(output);
            Pass(batch, index, output);
            return;
        }
        if (!isHidden && packet.Key && _waiting.Count == 0)
        {
            _end = packet.Pts;
            _waiting.Append(batch, index);
        }
        else if (_waiting.Count > 0 && isHidden)
        {
            // The shown part ends right behind the key frame. The key frame is then encoded too, like the frames before it.
            _end = long.MaxValue;
            Drop();
        }
        Send(batch, index, output);
    }

    private void Pass(PacketBatch batch, int index, PacketBatch output)
    {
        var isNeeded = !batch[index].Key;
        for (var i = 0; i < _waiting.Count && isNeeded; i++)
            output.Append(_waiting, i);
        Drop();
        output.Append(batch, index);
    }

    private void End(PacketBatch output)
    {
        _decoder!.Drain();
        Encode(output);
        if (_waiting.Count > 0)
            output.Append(_waiting, 0);
        Reset();
    }

    private void Send(PacketBatch batch, int index, PacketBatch? output)
    {
        while (!_decoder!.TrySend(batch, index, batch[index].Pts) && Encode(output))
        {
        }
        Encode(output);
    }

    // FFmpeg's decoder does not return the frames of hidden packets.
    private bool Encode(PacketBatch? output)
    {
        var any = false;
        while (_decoder!.TryReceive())
        {
            any = true;
            var frame = _decoder.Frame;
            if (output is not null && frame->pts < _end)
                Encode(Pad(frame), output);
            ffmpeg.av_frame_unref(frame);
        }
        return any;
    }

    private AVFrame* Pad(AVFrame* frame)
    {
        NativeFree.Frame(ref _padded);
        var padded = _padded = NativeError.NotNull(ffmpeg.av_frame_alloc());
        (padded->width, padded->height, padded->format) = (frame->width, frame->height + Margin, frame->format);
        NativeError.Check(ffmpeg.av_frame_get_buffer(padded, 0), "A frame");
        for (uint plane = 0; plane < 3; plane++)
        {
            var shift = plane > 0 && _halvesRows ? 1 : 0;
            var (rows, filled) = ((frame->height + shift) >> shift, (frame->height + Margin) >> shift);
            var bytes = Math.Min(Math.Abs(frame->linesize[plane]), padded->linesize[plane]);
            for (var row = 0; row < filled; row++)
            {
                var from = frame->data[plane] + (long)Math.Min(row, rows - 1) * frame->linesize[plane];
                Buffer.MemoryCopy(from, padded->data[plane] + (long)row * padded->linesize[plane], bytes, bytes);
            }
        }
        padded->pts = frame->pts;
        return padded;
    }

    private void Encode(AVFrame* frame, PacketBatch output)
    {
        var encoded = PacketBatch.Rent();
        try
        {
            _encoder!.Encode(frame, encoded, _ => 0);
            for (var i = 0; i < encoded.Count; i++)
            {
                var packet = encoded[i];
                output.Add(
                    ParameterSets.InBand(encoded.Data(i), _lengthSize), _stream.Index, packet.Pts, packet.Pts - _reorder, _duration, packet.Key);
            }
        }
        finally
        {
            encoded.Release();
        }
    }

    private Encoder OpenEncoder() => Encoder.Open("h264", ["libx264"], (context, _, _, options) =>
    {
        using (var parameters = _stream.Parameters.Borrow())
        {
            var native = parameters.Pointer;
            var format = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)native->format) ?? "";
            if (!format.StartsWith("yuv4", StringComparison.Ordinal) && !format.StartsWith("yuvj4", StringComparison.Ordinal))
                throw new FFmpegException(NativeError.InvalidArgument, $"Frames in {format} cannot be encoded again.");
            _halvesRows = format.Contains("420", StringComparison.Ordinal);
            (context->width, context->height, context->pix_fmt) = (native->width, native->height + Margin, (AVPixelFormat)native->format);
            context->sample_aspect_ratio = native->sample_aspect_ratio;
            (context->color_range, context->colorspace) = (native->color_range, native->color_space);
            (context->color_primaries, context->color_trc) = (native->color_primaries, native->color_trc);
        }
        context->time_base = _stream.TimeBase.ToNative();
        if (_stream.FrameRate.IsKnown)
            context->framerate = _stream.FrameRate.ToNative();
        context->flags |= ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER;
        context->max_b_frames = 0;
        context->gop_size = 9999;
        context->thread_count = 1;
        options.Set("preset", "veryfast");
        options.Set("tune", "zerolatency");
        options.Set("qp", "0");
        options.Set("x264-params", $"sps-id={SetNumber}:crop-rect=0,0,0,{Margin}");
    });

    private void Describe()
    {
        if (Parameters is not null)
            return;
        using var parameters = _stream.Parameters.Borrow();
        var format = ParameterSets.For("h264")!;
        // The first result is copied, because it is valid only until the next call.
        var mine = format.OfHeader(parameters.ExtraData).ToArray();
        var added = format.OfHeader(new ReadOnlySpan<byte>(_encoder!.Context->extradata, _encoder.Context->extradata_size));
        var header = format.ToHeader([.. mine, .. added], _lengthSize)
            ?? throw new FFmpegException(NativeError.InvalidData, "The codec header of the movie is damaged.");
        Parameters = _stream.Parameters.With(header);
    }

    private void Drop()
    {
        while (_waiting.Count > 0)
            _waiting.RemoveLast();
    }
}
