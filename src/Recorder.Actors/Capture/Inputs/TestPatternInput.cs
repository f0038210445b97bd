using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Colour bars with a moving line and a burnt-in timecode, and a sine tone. Frame n is shown at exactly n / rate, and
/// sample n is played at exactly n / sample rate, both from 0.</summary>
internal sealed class TestPatternInput : IPacketInput
{
    private const int AudioPacketsPerSecond = 50;

    private readonly TestPatternPainter? _painter;
    private readonly byte[]? _toneSecond;
    private readonly Rational _rate;
    private readonly int _sampleRate;
    private readonly int _frameBytes;
    private readonly int _sampleBytes;
    private readonly int _audioTrack;
    private readonly long _frames = long.MaxValue;
    private readonly long _samples = long.MaxValue;
    private long _frame;
    private long _sample;

    public TestPatternInput(SourceUri source)
    {
        var streams = new List<StreamInfo>();
        _rate = source.Rate!.Value;
        _sampleRate = source.SampleRate!.Value;
        _sampleBytes = 2 * source.Channels!.Value;
        if (source.HasVideo)
        {
            var (width, height) = source.Size!.Value;
            _painter = new TestPatternPainter(width, height, _rate);
            _frameBytes = width * height * 3 / 2;
            streams.Add(new StreamInfo(0, CodecParameters.RawVideo(width, height, "yuv420p", _rate), _rate.Inverse, _rate, null, TimeSpan.Zero, false));
        }

        _audioTrack = streams.Count;
        if (source.HasAudio)
        {
            _toneSecond = Tone(source.Tone, _sampleRate, source.Channels.Value);
            var parameters = CodecParameters.Pcm(_sampleRate, source.Channels.Value, "s16le");
            streams.Add(new StreamInfo(_audioTrack, parameters, new Rational(1, _sampleRate), new Rational(0, 1), null, TimeSpan.Zero, false));
        }

        if (source.Duration is { } duration)
        {
            _frames = _rate.Inverse.FromTimeSpan(duration);
            _samples = new Rational(1, _sampleRate).FromTimeSpan(duration);
        }

        Duration = source.Duration;
        Streams = streams;
    }

    public IReadOnlyList<StreamInfo> Streams { get; }
    public string FormatName => "test";
    public TimeSpan? Duration { get; }
    public Action? OnWaiting { get; set; }

    public ReadResult Read(PacketBatch into)
    {
        var videoLeft = _painter is not null && _frame < _frames;
        var audioLeft = _toneSecond is not null && _sample < _samples;
        if (!videoLeft && !audioLeft)
            return ReadResult.EndOfStream;

        // The earlier packet comes first, and of two at the same time the frame, so that a recording begins with it.
        var videoFirst = (Int128)_frame * _rate.Den * _sampleRate <= (Int128)_sample * _rate.Num;
        if (videoLeft && (videoFirst || !audioLeft))
        {
            _painter!.Paint(into.AddUninitialized(_frameBytes, 0, _frame, _frame, 1, key: true), _frame);
            _frame++;
        }
        else
        {
            AddTone(into);
        }

        return ReadResult.Appended;
    }

    public void SeekToStart() => (_frame, _sample) = (0, 0);

    public void Cancel() { }

    // Does not release the streams' parameters, because recorders still use them.
    public void Dispose() { }

    private void AddTone(PacketBatch into)
    {
        var count = (int)Math.Min(_sampleRate / AudioPacketsPerSecond, _samples - _sample);
        var from = (int)(_sample % _sampleRate) * _sampleBytes;
        into.Add(_toneSecond.AsSpan(from, count * _sampleBytes), _audioTrack, _sample, _sample, count, key: true);
        _sample += count;
    }

    // The tone is a whole number of hertz, so one second of it repeats without a click.
    private static byte[] Tone(int hertz, int sampleRate, int channels)
    {
        var second = new byte[sampleRate * channels * 2];
        for (var i = 0; i < sampleRate; i++)
        {
            var value = (short)(8000 * Math.Sin(2 * Math.PI * hertz * i / sampleRate));
            for (var channel = 0; channel < channels; channel++)
                BitConverter.TryWriteBytes(second.AsSpan(((i * channels) + channel) * 2), value);
        }

        return second;
    }
}
