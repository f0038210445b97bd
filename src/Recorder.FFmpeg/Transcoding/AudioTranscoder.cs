namespace Recorder.FFmpeg;

/// <summary>
/// Decodes, resamples and encodes one audio track. One thread at a time. The output follows the input's clock: a gap of more than
/// 100 ms is filled with silence, an overlap of as much is cut, and a slow drift is removed by resampling. The first samples are
/// dropped, as many as the encoder's delay adds, so that the output begins exactly where the input does and needs no edit list.
/// </summary>
public sealed unsafe class AudioTranscoder : ITranscoder
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Corrected = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly Rational _inputTimeBase;
    private readonly AudioEncoding _encoding;
    private readonly Decoder _decoder;
    private readonly Encoder _encoder;
    private readonly AudioFrameQueue _queue;
    private readonly Func<nint, long> _received;
    private readonly Rational _clock;
    private readonly long _delay;
    private CaptureClock _capture;
    private bool _started;
    private long _start = PacketInfo.NoTimestamp;
    private long _shift;
    private long _lastOutput = PacketInfo.NoTimestamp;
    private int _outputTrack;
    private bool _disposed;

    /// <summary>Opens decoder and encoder.</summary>
    /// <exception cref="FFmpegException">FFmpeg has no decoder or no encoder, or the audio format is not known.</exception>
    public AudioTranscoder(CodecParameters input, Rational inputTimeBase, AudioEncoding encoding)
    {
        if (input.SampleRate <= 0 || input.Channels <= 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"Sample rate or channels of {input.Codec} are not known.");
        _inputTimeBase = inputTimeBase;
        _encoding = encoding;
        _decoder = new Decoder(input, inputTimeBase, threads: 1, MediaLimits.Default.Pixels);
        try
        {
            _encoder = Open(encoding.SampleRate > 0 ? encoding.SampleRate : input.SampleRate, encoding.Channels > 0 ? encoding.Channels : input.Channels);
            var context = _encoder.Context;
            _clock = new Rational(1, context->sample_rate);
            _delay = context->initial_padding;
            _queue = new AudioFrameQueue(context, context->frame_size > 0 ? context->frame_size : 1024);
            Output = _encoder.Describe(new Rational(0, 1), [], WithoutDelay);
        }
        catch
        {
            _decoder.Dispose();
            _encoder?.Dispose();
            _queue?.Dispose();
            throw;
        }
        _received = Received;
    }

    /// <inheritdoc/>
    public CodecParameters Output { get; }

    /// <inheritdoc/>
    public Rational OutputTimeBase => _clock;

    /// <summary>FFmpeg's name of the encoder in use.</summary>
    public string EncoderName => _encoder.Name;

    /// <inheritdoc/>
    public long DecodeErrors => _decoder.Errors;

    /// <summary>Whether to encode silence instead of the audio. The timing stays the same.</summary>
    public bool Blank { get; set; }

    /// <summary>Does nothing, because decoding can begin with any packet of audio.</summary>
    public void ForceKeyFrame()
    {
    }

    /// <inheritdoc/>
    public void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _outputTrack = outputTrack;
        _capture.Observe(input[index].CaptureTimeUs, pts, _inputTimeBase);
        if (_start == PacketInfo.NoTimestamp && pts != PacketInfo.NoTimestamp)
            _start = _inputTimeBase.Rescale(pts, _clock);
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
        if (_started)
        {
            _queue.FlushResampler();
            EncodeWhole(output);
            if (_queue.TakeRest() is var rest && rest != null)
                _encoder.Encode(rest, output, _received);
        }
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
            _queue.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _decoder.Dispose();
        _encoder.Dispose();
        _queue.Dispose();
    }

    private static string[] EncodersOf(string codec) => codec switch
    {
        "aac" => ["aac"],
        "opus" => ["libopus", "opus"],
        "vorbis" => ["libvorbis"],
        "mp3" => ["libmp3lame"],
        _ => [codec],
    };

    /// <summary>Removes the encoder's delay from the parameters, so that no muxer or player subtracts it again.</summary>
    private static void WithoutDelay(nint native)
    {
        const int OpusPreSkip = 10;
        var parameters = (AVCodecParameters*)native;
        parameters->initial_padding = 0;
        var header = new Span<byte>(parameters->extradata, parameters->extradata_size);
        if (header.StartsWith("OpusHead"u8) && header.Length >= OpusPreSkip + 2)
            header.Slice(OpusPreSkip, 2).Clear();
    }

    private Encoder Open(int sampleRate, int channels)
    {
        try
        {
            return OpenFor(sampleRate, channels);
        }
        catch (FFmpegException) when (channels > 2)
        {
            return OpenFor(sampleRate, 2);
        }
    }

    private Encoder OpenFor(int sampleRate, int channels) =>
        Encoder.Open(_encoding.Codec, EncodersOf(_encoding.Codec), (context, codec, name, options) =>
        {
            context->sample_rate = SupportedRate(codec, sampleRate);
            context->sample_fmt = codec->sample_fmts == null ? AVSampleFormat.AV_SAMPLE_FMT_S16 : codec->sample_fmts[0];
            ffmpeg.av_channel_layout_default(NativeExtensions.Address(ref context->ch_layout), channels);
            context->time_base = new Rational(1, context->sample_rate).ToNative();
            context->thread_count = 1;
            context->strict_std_compliance = ffmpeg.FF_COMPLIANCE_EXPERIMENTAL;
            if (_encoding.BitsPerSecond > 0)
                context->bit_rate = _encoding.BitsPerSecond;
            if (_encoding.GlobalHeader)
                context->flags |= ffmpeg.AV_CODEC_FLAG_GLOBAL_HEADER;
            if (name == "libopus")
                options.Set("vbr", _encoding.ConstantBitrate ? "off" : "on");
        });

    private static int SupportedRate(AVCodec* codec, int wanted)
    {
        var rates = codec->supported_samplerates;
        if (rates == null)
            return wanted;
        var best = 0;
        for (; *rates != 0; rates++)
        {
            // Prefer the lowest rate that loses nothing, otherwise the highest one.
            if (*rates >= wanted ? best < wanted || *rates < best : *rates > best && best < wanted)
                best = *rates;
        }
        return best;
    }

    private bool EncodeDecoded(PacketBatch output)
    {
        var any = false;
        while (_decoder.TryReceive())
        {
            any = true;
            var frame = _decoder.Frame;
            if (frame->nb_samples > 0)
                Place(frame, output);
            ffmpeg.av_frame_unref(frame);
            EncodeWhole(output);
        }
        return any;
    }

    private void Place(AVFrame* frame, PacketBatch output)
    {
        var time = _decoder.FrameTime;
        if (!_started)
        {
            var first = time == PacketInfo.NoTimestamp ? 0 : _inputTimeBase.Rescale(time, _clock);
            // Decoders drop the source encoder's delay, so the time before their first sample becomes silence. Time before 0 does
            // not count.
            var missing = _start == PacketInfo.NoTimestamp ? 0 : first - Math.Max(_start, Math.Min(first, 0));
            if (missing < 0 || missing > _clock.FromTimeSpan(Tolerated))
                missing = 0;
            _start = first - missing;
            // The encoder adds its delay before the first sample, so as many samples are dropped.
            _queue.Start(_start + _delay, skip: _delay);
            _started = true;
            if (missing > 0)
                _queue.PushSilence((int)missing);
        }
        else if (time != PacketInfo.NoTimestamp)
        {
            Follow(_inputTimeBase.Rescale(time, _clock), output);
        }
        _queue.Push(frame, Blank);
    }

    private void Follow(long time, PacketBatch output)
    {
        var off = time - _queue.End;
        if (off > _clock.FromTimeSpan(LongestSilence))
        {
            _queue.FlushResampler();
            EncodeWhole(output);
            _queue.FillFrame();
            EncodeWhole(output);
            _queue.Start(time, skip: 0);
        }
        else if (off > _clock.FromTimeSpan(Tolerated))
        {
            _queue.FlushResampler();
            while (time - _queue.End is > 0 and var missing)
            {
                _queue.PushSilence((int)Math.Min(missing, _encoder.Context->sample_rate));
                EncodeWhole(output);
            }
        }
        else if (off < -_clock.FromTimeSpan(Tolerated))
        {
            _queue.Skip(-off);
        }
        else
        {
            _queue.Compensate(Math.Abs(off) > _clock.FromTimeSpan(Corrected) ? (int)off : 0);
        }
    }

    private void EncodeWhole(PacketBatch output)
    {
        while (_queue.TakeFrame() is var frame && frame != null)
            _encoder.Encode(frame, output, _received);
    }

    private long Received(nint native)
    {
        var packet = (AVPacket*)native;
        packet->stream_index = _outputTrack;
        var encoderClock = _encoder.TimeBase;
        if (encoderClock != _clock)
        {
            packet->pts = encoderClock.Rescale(packet->pts, _clock);
            packet->duration = encoderClock.Rescale(packet->duration, _clock);
        }
        // The Vorbis encoder knows its delay of a few milliseconds only when it encodes.
        if (_lastOutput == PacketInfo.NoTimestamp)
            _shift = _start - packet->pts;
        packet->pts += _shift;
        if (_lastOutput != PacketInfo.NoTimestamp && packet->pts <= _lastOutput)
            packet->pts = _lastOutput + 1;
        _lastOutput = packet->pts;
        packet->dts = packet->pts;
        packet->flags |= ffmpeg.AV_PKT_FLAG_KEY;
        return _capture.At(packet->pts, _clock);
    }
}
