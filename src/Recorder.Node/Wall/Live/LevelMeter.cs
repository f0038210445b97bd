using System.Runtime.InteropServices;
using Recorder.Actors.Capture;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Node.Wall;

/// <summary>Decodes a track of sound and measures how loud its channels are. Used by one actor.</summary>
internal sealed class LevelMeter(SourceTrack track, IMediaCodecs codecs) : IDisposable
{
    /// <summary>What silence is told as: below the smallest sample.</summary>
    public const double Silence = -96;

    private readonly ITranscoder _samples = codecs.OpenAudio(
        track.Parameters, track.TimeBase, new AudioEncoding { Codec = "pcm_s16le", SampleRate = track.Parameters.SampleRate, Channels = track.Parameters.Channels });

    private readonly int[] _peaks = new int[Math.Max(1, track.Parameters.Channels)];
    private bool _hasSamples;

    public int Track => track.Id;

    public void Add(PacketBatch batch, int index)
    {
        var info = batch[index];
        if ((info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts) is var shown && shown == PacketInfo.NoTimestamp)
            return;

        var output = PacketBatch.Rent();
        try
        {
            _samples.Write(batch, index, shown, output, 0);
            for (var i = 0; i < output.Count; i++)
                Measure(MemoryMarshal.Cast<byte, short>(output.Data(i)));
        }
        finally
        {
            output.Release();
        }
    }

    /// <summary>The peaks in dBFS since they were taken before; null when there was no sound.</summary>
    public IReadOnlyList<double>? TakePeaks()
    {
        if (!_hasSamples)
            return null;

        var levels = new double[_peaks.Length];
        for (var channel = 0; channel < levels.Length; channel++)
            levels[channel] = _peaks[channel] == 0 ? Silence : Math.Round(20 * Math.Log10(_peaks[channel] / 32768.0), 1);

        Array.Clear(_peaks);
        _hasSamples = false;
        return levels;
    }

    public void Dispose() => _samples.Dispose();

    private void Measure(ReadOnlySpan<short> samples)
    {
        var channels = _peaks.Length;
        _hasSamples |= samples.Length > 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var (value, channel) = (Math.Abs((int)samples[i]), i % channels);
            if (value > _peaks[channel])
                _peaks[channel] = value;
        }
    }
}
