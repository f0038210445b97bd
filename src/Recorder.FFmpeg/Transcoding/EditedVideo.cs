namespace Recorder.FFmpeg;

/// <summary>
/// One H.264 track of a movie that shows pictures whose key frame it hides: cut in the middle of a group, without encoding. Those up to the
/// next key frame are decoded, and encoded again without loss; all others stay as they are. Both codec headers stand in one, under numbers
/// of their own. Why so: docs/adr/0025-what-is-shown-is-recorded.md.
/// </summary>
internal sealed unsafe class EditedVideo : IDisposable
{
    // The highest number of a sequence parameter set: sources count from 0.
    private const string SetNumber = "31";

    // What is encoded here has a row of blocks more below, cropped again. FFmpeg's decoder then begins anew at the next group, whose chroma
    // it otherwise decodes with what the lossless pictures left behind.
    private const int Margin = 16;

    private readonly StreamInfo _stream;
    private readonly int _lengthSize;
    private readonly PacketBatch _held = PacketBatch.Rent();
    private Decoder? _decoder;
    private Encoder? _encoder;
    private AVFrame* _padded;
    private long _reorder;
    private long _duration;
    private long _end;
    private bool _halvesRows;
    private bool _isUnable;
    private bool _isDisposed;

    private EditedVideo(StreamInfo stream, int lengthSize) => (_stream, _lengthSize) = (stream, lengthSize);

    /// <summary>The track with both headers; null as long as nothing was encoded.</summary>
    public CodecParameters? Parameters { get; private set; }

    /// <summary>One for a track; null where its codec is another, or there is no encoder.</summary>
    public static EditedVideo? For(StreamInfo stream)
    {
        using var parameters = stream.Parameters.Borrow();
        if (stream.Parameters.Codec != "h264" || ParameterSets.For("h264")!.LengthSize(parameters.ExtraData) is not (> 0 and var lengthSize)
            || ffmpeg.avcodec_find_encoder_by_name("libx264") == null)
            return null;
        return new EditedVideo(stream, lengthSize);
    }

    /// <summary>Takes the next packet in the order of decoding.</summary>
    public void Add(PacketBatch batch, int index, bool isHidden, PacketBatch output)
    {
        var packet = batch[index];
        if (_isUnable)
            output.Append(batch, index);
        else if (_decoder is not null)
            AddToGroup(batch, index, isHidden, output);
        else if (isHidden && packet.Key)
            Begin(batch, index, output);
        else if (isHidden)
            // Behind the end of what is shown: needed only by pictures that are shown before it and come after it.
            _held.Append(batch, index);
        else
            Pass(batch, index, output);
    }

    /// <summary>No more comes.</summary>
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
        var padded = _padded;
        _padded = null;
        if (padded != null)
            ffmpeg.av_frame_free(&padded);
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Reset();
        _held.Release();
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
            // Pictures that no encoder takes: better more than is shown than less.
            Reset();
            _isUnable = true;
            output.Append(batch, index);
        }
    }

    // A key frame that is shown ends the group, unless pictures follow that are shown before it: they may need the group, too.
    private void AddToGroup(PacketBatch batch, int index, bool isHidden, PacketBatch output)
    {
        var packet = batch[index];
        if (_held.Count > 0 && !isHidden && packet.Pts > _end)
        {
            End(output);
            Pass(batch, index, output);
            return;
        }
        if (!isHidden && packet.Key && _held.Count == 0)
        {
            _end = packet.Pts;
            _held.Append(batch, index);
        }
        else if (_held.Count > 0 && isHidden)
        {
            // It is not shown long enough to be worth more.
            _end = long.MaxValue;
            Drop();
        }
        Send(batch, index, output);
    }

    private void Pass(PacketBatch batch, int index, PacketBatch output)
    {
        var packet = batch[index];
        var isNeeded = !packet.Key;
        for (var i = 0; i < _held.Count && isNeeded; i++)
        {
            output.Append(_held, i);
        }
        Drop();
        output.Append(batch, index);
    }

    private void End(PacketBatch output)
    {
        _decoder!.Drain();
        Encode(output);
        var last = _held.Count > 0 ? PacketBatch.Rent() : null;
        last?.Append(_held, 0);
        Reset();
        if (last is not null)
        {
            output.Append(last, 0);
            last.Release();
        }
    }

    private void Send(PacketBatch batch, int index, PacketBatch? output)
    {
        while (!_decoder!.TrySend(batch, index, batch[index].Pts))
        {
            if (!Encode(output))
                break;
        }
        Encode(output);
    }

    // FFmpeg's decoder keeps the pictures of hidden packets to itself.
    private bool Encode(PacketBatch? output)
    {
        var any = false;
        while (_decoder!.TryReceive())
        {
            any = true;
            var picture = _decoder.Frame;
            if (output is not null && picture->pts < _end)
            {
                Encode(Pad(picture), output);
            }
            ffmpeg.av_frame_unref(picture);
        }
        return any;
    }

    private AVFrame* Pad(AVFrame* picture)
    {
        var padded = _padded;
        if (padded != null)
            ffmpeg.av_frame_free(&padded);
        _padded = padded = NativeError.NotNull(ffmpeg.av_frame_alloc());
        (padded->width, padded->height, padded->format) = (picture->width, picture->height + Margin, picture->format);
        NativeError.Check(ffmpeg.av_frame_get_buffer(padded, 0), "A picture");
        for (uint plane = 0; plane < 3; plane++)
        {
            var shift = plane > 0 && _halvesRows ? 1 : 0;
            var (rows, filled) = ((picture->height + shift) >> shift, (picture->height + Margin) >> shift);
            var bytes = Math.Min(Math.Abs(picture->linesize[plane]), padded->linesize[plane]);
            for (var row = 0; row < filled; row++)
            {
                var from = picture->data[plane] + (long)Math.Min(row, rows - 1) * picture->linesize[plane];
                Buffer.MemoryCopy(from, padded->data[plane] + (long)row * padded->linesize[plane], bytes, bytes);
            }
        }
        padded->pts = picture->pts;
        return padded;
    }

    private void Encode(AVFrame* picture, PacketBatch output)
    {
        var encoded = PacketBatch.Rent();
        try
        {
            _encoder!.Encode(picture, encoded, _ => 0);
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
                throw new FFmpegException(NativeError.InvalidArgument, $"Pictures of {format} are not encoded again.");
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
        // What is found is valid until the next call.
        var mine = format.OfHeader(parameters.ExtraData).ToArray();
        var added = format.OfHeader(new ReadOnlySpan<byte>(_encoder!.Context->extradata, _encoder.Context->extradata_size));
        var header = format.ToHeader([.. mine, .. added], _lengthSize)
            ?? throw new FFmpegException(NativeError.InvalidData, "The header of the movie's pictures is damaged.");
        Parameters = _stream.Parameters.WithExtraData(header);
    }

    private void Drop()
    {
        while (_held.Count > 0)
        {
            _held.RemoveLast();
        }
    }
}
