namespace Recorder.FFmpeg;

/// <summary>
/// Decodes, resamples and encodes one audio track. One thread at a time. The output follows the input's clock: a gap of more than
/// 100 ms is filled with silence, an overlap cut, a slow drift resampled away. The encoder's own delay takes the place of the first
/// milliseconds, so that the output begins exactly where the input does and needs no edit list.
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
    private readonly AudioLine _line;
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
    /// <exception cref="FFmpegException">There is no such decoder or encoder, or the sound's format is not known.</exception>
    public AudioTranscoder(CodecParameters input, Rational inputTimeBase, AudioEncoding encoding)
    {
        if (input.SampleRate <= 0 || input.Channels <= 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"Sample rate and channels of {input.Codec} are not known.");
        _inputTimeBase = inputTimeBase;
        _encoding = encoding;
        _decoder = new Decoder(input, inputTimeBase, threads: 1, MediaLimits.Default.Pixels);
        try
        {
            _encoder = Open(encoding.SampleRate > 0 ? encoding.SampleRate : input.SampleRate, encoding.Channels > 0 ? encoding.Channels : input.Channels);
            var context = _encoder.Context;
            _clock = new Rational(1, context->sample_rate);
            _delay = context->initial_padding;
            _line = new AudioLine(context, context->frame_size > 0 ? context->frame_size : 1024);
            Output = _encoder.Describe(new Rational(0, 1), [], WithoutDelay);
        }
        catch
        {
            _decoder.Dispose();
            _encoder?.Dispose();
            _line?.Dispose();
            throw;
        }
        _received = Received;
    }

    /// <summary>What the encoder writes.</summary>
    public CodecParameters Output { get; }

    /// <summary>What the encoded packets' times count.</summary>
    public Rational OutputTimeBase => _clock;

    /// <summary>FFmpeg's name of the encoder that was found.</summary>
    public string EncoderName => _encoder.Name;

    /// <summary>Packets that could not be decoded and were passed over.</summary>
    public long DecodeErrors => _decoder.Errors;

    /// <summary>Encode silence in place of the sound; the timing stays.</summary>
    public bool Blank { get; set; }

    /// <summary>Does nothing for audio, whose packets all stand alone; here so that both transcoders are used alike.</summary>
    public void ForceKeyFrame()
    {
    }

    /// <summary>Decodes a packet and appends what the encoder gives: none, one or several packets.</summary>
    /// <param name="input">The batch that holds the packet.</param>
    /// <param name="index">The packet's place in it.</param>
    /// <param name="pts">Its presentation time in the input's time base, already rebased.</param>
    /// <param name="output">Where encoded packets go.</param>
    /// <param name="outputTrack">The track they are marked with.</param>
    /// <exception cref="FFmpegException">The encoder failed. A packet that cannot be decoded is only counted.</exception>
    public void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _outputTrack = outputTrack;
        _capture.Observe(input[index].CaptureTimeUs, pts, _inputTimeBase);
        if (_start == PacketInfo.NoTimestamp && pts != PacketInfo.NoTimestamp)
            _start = _inputTimeBase.Rescale(pts, _clock);
        while (!_decoder.TrySend(input, index, pts))
        {
            if (!EncodeDecoded(output))
                break;
        }
        EncodeDecoded(output);
    }

    /// <summary>Appends what decoder, resampler and encoder still hold.</summary>
    public void Finish(PacketBatch output, int outputTrack)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _outputTrack = outputTrack;
        _decoder.Drain();
        EncodeDecoded(output);
        if (_started)
        {
            _line.FlushResampler();
            EncodeWhole(output);
            if (_line.TakeRest() is var rest && rest != null)
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
            _line.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _decoder.Dispose();
        _encoder.Dispose();
        _line.Dispose();
    }

    private static string[] EncodersOf(string codec) => codec switch
    {
        "aac" => ["aac"],
        "opus" => ["libopus", "opus"],
        "vorbis" => ["libvorbis"],
        "mp3" => ["libmp3lame"],
        _ => [codec],
    };

    /// <summary>The delay is taken care of here: nobody else shall subtract it again.</summary>
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
            ffmpeg.av_channel_layout_default(NativeExtensions.Layout(ref *context), channels);
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
            // The lowest that loses nothing, else the highest there is.
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

    /// <summary>Puts a decoded frame on the line where its time says.</summary>
    private void Place(AVFrame* frame, PacketBatch output)
    {
        var time = frame->pts != PacketInfo.NoTimestamp ? frame->pts : frame->best_effort_timestamp;
        if (!_started)
        {
            var first = time == PacketInfo.NoTimestamp ? 0 : _inputTimeBase.Rescale(time, _clock);
            // Decoders leave out the source encoder's delay: what is missing until their first sample is silence.
            // Before 0 nothing is.
            var missing = _start == PacketInfo.NoTimestamp ? 0 : first - Math.Max(_start, Math.Min(first, 0));
            if (missing < 0 || missing > _clock.FromTimeSpan(Tolerated))
                missing = 0;
            _start = first - missing;
            // The encoder puts its own delay before the first sample: leave out as much.
            _line.Start(_start + _delay, skip: _delay);
            _started = true;
            if (missing > 0)
                _line.PushSilence((int)missing);
        }
        else if (time != PacketInfo.NoTimestamp)
        {
            Follow(_inputTimeBase.Rescale(time, _clock), output);
        }
        _line.Push(frame, Blank);
    }

    private void Follow(long time, PacketBatch output)
    {
        var off = time - _line.End;
        if (off > _clock.FromTimeSpan(LongestSilence))
        {
            _line.FlushResampler();
            EncodeWhole(output);
            _line.FillFrame();
            EncodeWhole(output);
            _line.Start(time, skip: 0);
        }
        else if (off > _clock.FromTimeSpan(Tolerated))
        {
            _line.FlushResampler();
            while (time - _line.End is > 0 and var missing)
            {
                _line.PushSilence((int)Math.Min(missing, _encoder.Context->sample_rate));
                EncodeWhole(output);
            }
        }
        else if (off < -_clock.FromTimeSpan(Tolerated))
        {
            _line.Skip(-off);
        }
        else
        {
            _line.Compensate(Math.Abs(off) > _clock.FromTimeSpan(Corrected) ? (int)off : 0);
        }
    }

    private void EncodeWhole(PacketBatch output)
    {
        while (_line.TakeFrame() is var frame && frame != null)
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
        // Vorbis finds its delay, a few milliseconds, only when it encodes.
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
