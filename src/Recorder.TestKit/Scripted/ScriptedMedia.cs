using System.Collections.Concurrent;

namespace Recorder.Testing;

/// <summary>Encoded video and audio packets. The real encoders produce them once per process and codec, so that recordings can be
/// decoded and specs stay fast. Every frame can be decoded alone; the track decides which frames are flagged as key frames. The
/// duration is that of a packet, in units of the time base; 0 for video, where the track's frame rate decides.</summary>
internal sealed record ScriptedMedia(CodecParameters Parameters, Rational TimeBase, long Duration, IReadOnlyList<byte[]> Packets)
{
    public const int Width = 64;
    public const int Height = 48;
    public const int SampleRate = 48_000;

    private const int FrameCount = 16;

    private static readonly ConcurrentDictionary<string, Lazy<ScriptedMedia>> Cache = new(StringComparer.Ordinal);

    /// <summary>Grey frames of changing brightness.</summary>
    public static ScriptedMedia Video(string codec, int width = Width, int height = Height) =>
        Cache.GetOrAdd($"{codec} {width}x{height}", _ => new Lazy<ScriptedMedia>(() => Encode(codec, width, height))).Value;

    /// <summary>A tone of 440 Hz.</summary>
    public static ScriptedMedia Audio(string codec) =>
        Cache.GetOrAdd(codec, _ => new Lazy<ScriptedMedia>(() => EncodeTone(codec))).Value;

    private static ScriptedMedia Encode(string codec, int width, int height)
    {
        var raw = CodecParameters.RawVideo(width, height, "yuv420p", new Rational(25, 1));
        var frames = Enumerable.Range(0, FrameCount).Select(number => Frame(number, width, height)).ToList();
        if (codec == "rawvideo")
            return new ScriptedMedia(raw, new Rational(1, 90_000), 0, frames);

        using var transcoder = new VideoTranscoder(raw, new Rational(1, 25), new VideoEncoding
        {
            Codec = codec,
            BitsPerSecond = 100_000,
            KeyFrameIntervalCount = 1,
            GlobalHeader = true,
        });
        var packets = Collect(frames, 1, transcoder.Write, transcoder.Finish);
        return new ScriptedMedia(transcoder.Output, transcoder.OutputTimeBase, 0, packets.Data);
    }

    private static ScriptedMedia EncodeTone(string codec)
    {
        const int SamplesPerPacket = 960;
        var raw = CodecParameters.Pcm(SampleRate, 1, "s16le");
        var sounds = Enumerable.Range(0, 50).Select(number => Tone(number * SamplesPerPacket, SamplesPerPacket)).ToList();
        if (codec == "pcm_s16le")
            return new ScriptedMedia(raw, new Rational(1, SampleRate), SamplesPerPacket, sounds);

        using var transcoder = new AudioTranscoder(raw, new Rational(1, SampleRate), new AudioEncoding
        {
            Codec = codec,
            BitsPerSecond = 64_000,
            GlobalHeader = true,
        });
        var packets = Collect(sounds, SamplesPerPacket, transcoder.Write, transcoder.Finish);
        return new ScriptedMedia(transcoder.Output, transcoder.OutputTimeBase, packets.Duration, packets.Data);
    }

    private static (IReadOnlyList<byte[]> Data, long Duration) Collect(
        List<byte[]> raw, long duration, Action<PacketBatch, int, long, PacketBatch, int> write, Action<PacketBatch, int> finish)
    {
        var input = PacketBatch.Rent();
        var output = PacketBatch.Rent();
        try
        {
            for (var number = 0; number < raw.Count; number++)
            {
                input.Add(raw[number], 0, number * duration, number * duration, duration, key: true);
                write(input, number, number * duration, output, 0);
            }

            finish(output, 0);

            // The first and last packets of an encoder differ from the others in size and duration.
            var (from, count) = output.Count > FrameCount ? (4, output.Count - 8) : (0, output.Count);
            return ([.. Enumerable.Range(from, count).Select(index => output.Data(index).ToArray())],
                output.Count > 1 ? output[from + 1].Pts - output[from].Pts : 0);
        }
        finally
        {
            input.Release();
            output.Release();
        }
    }

    private static byte[] Frame(int number, int width, int height)
    {
        var frame = new byte[width * height * 3 / 2];
        Array.Fill(frame, (byte)(120 + (number * 5)), 0, width * height);
        Array.Fill(frame, (byte)128, width * height, width * height / 2);
        return frame;
    }

    private static byte[] Tone(int from, int samples)
    {
        var sound = new byte[samples * 2];
        for (var sample = 0; sample < samples; sample++)
        {
            var value = (short)(8_000 * Math.Sin(2 * Math.PI * 440 * (from + sample) / SampleRate));
            (sound[sample * 2], sound[(sample * 2) + 1]) = ((byte)value, (byte)(value >> 8));
        }

        return sound;
    }
}
