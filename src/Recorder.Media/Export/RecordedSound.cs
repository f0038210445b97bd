using System.Runtime.InteropServices;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>The decoded sound of an interval of a recording: samples between -1 and 1, 0 where there is none.</summary>
/// <param name="Channels">Each channel of each track of sound, all as long as the interval; none when the recording has no sound.</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="First">The first sample that was recorded.</param>
/// <param name="End">Behind the last one; not more than <paramref name="First"/> when nothing was.</param>
internal sealed record RecordedSound(IReadOnlyList<float[]> Channels, int SampleRate, int First, int End)
{
    // Fragments lie one behind the other, so sound that was recorded together is at most this far apart in a file.
    private static readonly TimeSpan Interleaving = TimeSpan.FromSeconds(2);

    /// <summary>How much of the interval was recorded.</summary>
    public TimeSpan Recorded => TimeSpan.FromSeconds((double)Math.Max(0, End - First) / SampleRate);

    /// <summary>The mean of all channels.</summary>
    public float[] Mix()
    {
        if (Channels.Count == 0)
            return [];

        var mixed = new float[Channels[0].Length];
        foreach (var channel in Channels)
        {
            for (var i = 0; i < mixed.Length; i++)
                mixed[i] += channel[i] / Channels.Count;
        }

        return mixed;
    }

    /// <summary>Decodes the sound of an interval. Blocks its thread.</summary>
    /// <param name="plan">Reaches over the interval as far as there is media.</param>
    /// <param name="from">The time of the first sample on the recording's timeline, to half a sample.</param>
    /// <exception cref="FFmpegException">There is no decoder for a track.</exception>
    public static RecordedSound Read(ExportPlan plan, TimeSpan from, TimeSpan to, int sampleRate, IMediaCodecs codecs, CancellationToken cancellationToken)
    {
        var (channels, first, end) = (new List<float[]>(), int.MaxValue, 0);
        var length = (int)Math.Ceiling((to - from).TotalSeconds * sampleRate);
        foreach (var part in plan.Parts.Where(part => part.Shift + plan.From < to))
            ReadPart(part);

        return new RecordedSound(channels, sampleRate, Math.Min(first, end), end);

        void ReadPart(ExportPart part)
        {
            using var input = new ExportInput(part);
            var tracks = new Dictionary<int, SoundInput>();
            try
            {
                foreach (var stream in input.Streams.Where(stream => stream.Parameters is { Kind: MediaKind.Audio, SampleRate: > 0, Channels: > 0 }))
                    tracks[stream.Index] = new SoundInput(stream, part.Shift + plan.From, tracks.Values.Sum(track => track.Channels), sampleRate, codecs);

                var isBefore = true;
                while (isBefore && tracks.Count > 0 && input.Read(Add))
                    cancellationToken.ThrowIfCancellationRequested();

                foreach (var track in tracks.Values)
                    track.Finish(Lay);

                void Add(PacketBatch batch)
                {
                    var packet = batch[0];
                    var shown = packet.Pts == PacketInfo.NoTimestamp ? packet.Dts : packet.Pts;
                    var stream = input.Streams[packet.Track];
                    isBefore = shown == PacketInfo.NoTimestamp || stream.TimeBase.ToTimeSpan(shown) + part.Shift + plan.From < to + Interleaving;
                    if (tracks.TryGetValue(packet.Track, out var track) && shown != PacketInfo.NoTimestamp)
                        track.Add(batch, shown, Lay);
                }
            }
            finally
            {
                foreach (var track in tracks.Values)
                    track.Dispose();
            }
        }

        // Interleaved samples of one track, the first at a time.
        void Lay(SoundInput track, TimeSpan at, ReadOnlySpan<short> samples)
        {
            while (channels.Count < track.FirstChannel + track.Channels)
                channels.Add(new float[length]);

            var (begin, count) = ((int)Math.Clamp(Math.Round((at - from).TotalSeconds * sampleRate), int.MinValue / 2, int.MaxValue / 2), samples.Length / track.Channels);
            for (var i = Math.Max(0, -begin); i < count && begin + i < length; i++)
            {
                for (var channel = 0; channel < track.Channels; channel++)
                    channels[track.FirstChannel + channel][begin + i] = samples[(i * track.Channels) + channel] / 32768f;
            }

            if (begin < length && begin + count > 0)
                (first, end) = (Math.Min(first, Math.Max(0, begin)), Math.Max(end, Math.Min(length, begin + count)));
        }
    }

    private delegate void Take(SoundInput track, TimeSpan at, ReadOnlySpan<short> samples);

    // A transcoder to samples: it resamples, and it keeps to the recording's timeline through gaps and drift.
    private sealed class SoundInput(StreamInfo stream, TimeSpan shift, int firstChannel, int sampleRate, IMediaCodecs codecs) : IDisposable
    {
        private readonly ITranscoder _samples = codecs.OpenAudio(
            stream.Parameters, stream.TimeBase, new AudioEncoding { Codec = "pcm_s16le", SampleRate = sampleRate, Channels = stream.Parameters.Channels });

        public int FirstChannel => firstChannel;

        public int Channels => _samples.Output.Channels;

        public void Add(PacketBatch batch, long shown, Take take) => Run(output => _samples.Write(batch, 0, shown, output, 0), take);

        public void Finish(Take take) => Run(output => _samples.Finish(output, 0), take);

        public void Dispose() => _samples.Dispose();

        private void Run(Action<PacketBatch> write, Take take)
        {
            var output = PacketBatch.Rent();
            try
            {
                write(output);
                for (var i = 0; i < output.Count; i++)
                    take(this, _samples.OutputTimeBase.ToTimeSpan(output[i].Pts) + shift, MemoryMarshal.Cast<byte, short>(output.Data(i)));
            }
            finally
            {
                output.Release();
            }
        }
    }
}
