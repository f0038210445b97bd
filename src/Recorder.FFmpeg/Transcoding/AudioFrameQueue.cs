namespace Recorder.FFmpeg;

/// <summary>Prepares samples for an encoder: resamples and queues them, and cuts them into frames with rising times.</summary>
internal sealed unsafe class AudioFrameQueue : IDisposable
{
    private readonly int _rate;
    private readonly int _frameSize;
    private readonly AVSampleFormat _format;
    private readonly AVCodecContext* _encoder;
    private SwrContext* _resampler;
    private AVAudioFifo* _queue;
    private AVFrame* _converted;
    private AVFrame* _taken;
    private int _sourceRate;
    private int _sourceFormat;
    private int _sourceChannels;
    private long _start;
    private long _skip;
    private bool _compensating;

    public AudioFrameQueue(AVCodecContext* encoder, int frameSize)
    {
        _encoder = encoder;
        _rate = encoder->sample_rate;
        _format = encoder->sample_fmt;
        _frameSize = frameSize;
        _queue = NativeError.NotNull(ffmpeg.av_audio_fifo_alloc(_format, Channels, _rate));
        _converted = NativeError.NotNull(ffmpeg.av_frame_alloc());
        _taken = NativeError.NotNull(ffmpeg.av_frame_alloc());
    }

    ~AudioFrameQueue() => Close();

    /// <summary>The time of the next sample to be pushed, behind those in the queue and in the resampler.</summary>
    public long End => _start + ffmpeg.av_audio_fifo_size(_queue) + (_resampler == null ? 0 : ffmpeg.swr_get_delay(_resampler, _rate)) - _skip;

    private int Channels => _encoder->ch_layout.nb_channels;

    /// <summary>Empties the queue, drops the next samples and sets the time of the first sample behind them.</summary>
    public void Start(long time, long skip)
    {
        ffmpeg.av_audio_fifo_reset(_queue);
        (_start, _skip) = (time, skip);
    }

    public void Skip(long samples) => _skip += samples;

    /// <summary>Stretches (or with a negative number shortens) the next second by some samples.</summary>
    public void Compensate(int samples)
    {
        if (_resampler == null || (samples == 0 && !_compensating))
            return;
        _compensating = samples != 0;
        NativeError.Check(ffmpeg.swr_set_compensation(_resampler, samples, _rate), "Compensating the audio clock");
    }

    public void Push(AVFrame* frame, bool silent)
    {
        OpenFor(frame);
        Convert(ffmpeg.swr_get_out_samples(_resampler, frame->nb_samples), frame->extended_data, frame->nb_samples, silent);
    }

    public void FlushResampler()
    {
        if (_resampler != null)
            Convert((int)ffmpeg.swr_get_delay(_resampler, _rate) + 64, null, 0, silent: false);
    }

    public void PushSilence(int samples)
    {
        Prepare(_converted, samples);
        NativeError.Check(ffmpeg.av_samples_set_silence(_converted->extended_data, 0, samples, Channels, _format), "Silence");
        Queue(samples);
    }

    public void FillFrame()
    {
        var rest = ffmpeg.av_audio_fifo_size(_queue) % _frameSize;
        if (rest > 0)
            PushSilence(_frameSize - rest);
    }

    /// <summary>Takes the next whole frame, valid until the next call; null if there is none.</summary>
    public AVFrame* TakeFrame() => ffmpeg.av_audio_fifo_size(_queue) >= _frameSize ? Take(_frameSize) : null;

    public AVFrame* TakeRest() => ffmpeg.av_audio_fifo_size(_queue) is > 0 and var left ? Take(left) : null;

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private AVFrame* Take(int samples)
    {
        // The encoder may still refer to the last frame's buffer, so the frame gets a new one.
        Prepare(_taken, samples);
        NativeError.Check(ffmpeg.av_audio_fifo_read(_queue, (void**)_taken->extended_data, samples), "Taking samples");
        _taken->pts = _start;
        _start += samples;
        return _taken;
    }

    private void Prepare(AVFrame* frame, int samples)
    {
        ffmpeg.av_frame_unref(frame);
        frame->nb_samples = samples;
        frame->format = (int)_format;
        frame->sample_rate = _rate;
        var layout = NativeExtensions.Address(ref frame->ch_layout);
        NativeError.Check(
            ffmpeg.av_channel_layout_copy(layout, NativeExtensions.Address(ref _encoder->ch_layout)), "Channel layout");
        NativeError.Check(ffmpeg.av_frame_get_buffer(frame, 0), $"{samples} samples");
    }

    private void Convert(int room, byte** data, int samples, bool silent)
    {
        if (room <= 0)
            return;
        Prepare(_converted, room);
        var got = NativeError.Check(ffmpeg.swr_convert(_resampler, _converted->extended_data, room, data, samples), "Resampling");
        if (silent && got > 0)
            NativeError.Check(ffmpeg.av_samples_set_silence(_converted->extended_data, 0, got, Channels, _format), "Silence");
        Queue(got);
    }

    private void Queue(int samples)
    {
        if (samples > 0)
            NativeError.Check(ffmpeg.av_audio_fifo_write(_queue, (void**)_converted->extended_data, samples), "Queueing samples");
        if (_skip <= 0)
            return;
        // Only samples in the queue can be dropped now; the rest are dropped when they come.
        var drop = (int)Math.Min(_skip, ffmpeg.av_audio_fifo_size(_queue));
        NativeError.Check(ffmpeg.av_audio_fifo_drain(_queue, drop), "Dropping samples");
        _skip -= drop;
    }

    private void OpenFor(AVFrame* frame)
    {
        var layout = NativeExtensions.Address(ref frame->ch_layout);
        var channels = layout->nb_channels;
        if (_resampler != null && frame->sample_rate == _sourceRate && frame->format == _sourceFormat && channels == _sourceChannels)
            return;
        FlushResampler();
        AVChannelLayout guessed;
        if (layout->order == AVChannelOrder.AV_CHANNEL_ORDER_UNSPEC)
        {
            ffmpeg.av_channel_layout_default(&guessed, channels);
            layout = &guessed;
        }
        NativeFree.Resampler(ref _resampler);
        SwrContext* resampler = null;
        NativeError.Check(
            ffmpeg.swr_alloc_set_opts2(
                &resampler, NativeExtensions.Address(ref _encoder->ch_layout), _format, _rate,
                layout, (AVSampleFormat)frame->format, frame->sample_rate, 0, null),
            "Resampler");
        _resampler = resampler;
        NativeError.Check(ffmpeg.swr_init(resampler), $"Resampling {frame->sample_rate} Hz to {_rate} Hz");
        (_sourceRate, _sourceFormat, _sourceChannels) = (frame->sample_rate, frame->format, channels);
        _compensating = false;
    }

    private void Close()
    {
        NativeFree.Resampler(ref _resampler);
        if (_queue != null)
            ffmpeg.av_audio_fifo_free(_queue);
        _queue = null;
        NativeFree.Frame(ref _converted);
        NativeFree.Frame(ref _taken);
    }
}
