using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>A recording as FFmpeg reads it: its packets and its decoded frames.</summary>
internal sealed class Decoded
{
    private readonly List<PlayedTrack> _tracks = [];

    private Decoded(string path)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path });
        (FormatName, Duration) = (demuxer.FormatName, demuxer.Duration);
        var batch = PacketBatch.Rent();
        try
        {
            while (demuxer.Read(batch) != ReadResult.EndOfStream)
            {
            }

            foreach (var stream in demuxer.Streams)
                _tracks.Add(new PlayedTrack(stream, batch));
        }
        finally
        {
            batch.Release();
        }
    }

    /// <summary>FFmpeg's name of the container.</summary>
    public string FormatName { get; }

    /// <summary>The duration in the container's header.</summary>
    public TimeSpan? Duration { get; }

    public IReadOnlyList<PlayedTrack> Tracks => _tracks;

    public PlayedTrack Video => _tracks.Single(track => track.Parameters.Kind == MediaKind.Video);

    public PlayedTrack Audio => _tracks.Single(track => track.Parameters.Kind == MediaKind.Audio);

    /// <summary>Plays blobs one after another, as a browser's user does: <c>new Blob(chunks)</c>.</summary>
    public static Decoded Of(FaultyDisk disk, IEnumerable<Blob> blobs) => Of([.. blobs.SelectMany(disk.Read)]);

    public static Decoded Of(byte[] media)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, media);
            return new Decoded(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

/// <summary>One packet of a file.</summary>
/// <param name="Time">The presentation time.</param>
/// <param name="Key">Whether decoding can begin at the packet.</param>
/// <param name="Data">The bytes of the packet.</param>
internal sealed record PlayedPacket(TimeSpan Time, bool Key, byte[] Data);

/// <summary>The level of one decoded frame, or of 1,024 audio samples.</summary>
/// <param name="Time">The presentation time.</param>
/// <param name="Level">Mean brightness (16 is black), or mean amplitude (0 is silence).</param>
internal sealed record PlayedFrame(TimeSpan Time, double Level);

/// <summary>One track of a file.</summary>
internal sealed class PlayedTrack
{
    public PlayedTrack(StreamInfo stream, PacketBatch batch)
    {
        Parameters = stream.Parameters;
        var indices = Enumerable.Range(0, batch.Count).Where(index => batch[index].Track == stream.Index).ToList();
        Packets = [.. indices.Select(index => new PlayedPacket(
            stream.TimeBase.ToTimeSpan(batch[index].Pts), batch[index].Key, batch.Data(index).ToArray()))];
        Frames = Decode(stream, batch, indices);
    }

    public CodecParameters Parameters { get; }

    public IReadOnlyList<PlayedPacket> Packets { get; }

    public IReadOnlyList<PlayedFrame> Frames { get; }

    /// <summary>The number of packets that the decoder rejected.</summary>
    public long DecodeErrors { get; private set; }

    public IEnumerable<TimeSpan> KeyFrames => Packets.Where(packet => packet.Key).Select(packet => packet.Time);

    // An encoder without output only decodes.
    private List<PlayedFrame> Decode(StreamInfo stream, PacketBatch batch, List<int> indices)
    {
        var output = PacketBatch.Rent();
        try
        {
            if (stream.Parameters.Kind == MediaKind.Video)
            {
                using var decoder = new VideoTranscoder(
                    stream.Parameters, stream.TimeBase, new VideoEncoding { Codec = "rawvideo", BitsPerSecond = 1 });
                indices.ForEach(index => decoder.Write(batch, index, batch[index].Pts, output, 0));
                decoder.Finish(output, 0);
                DecodeErrors = decoder.DecodeErrors;
                return Frames(decoder.OutputTimeBase, data => Mean(data[..(stream.Parameters.Width * stream.Parameters.Height)]));
            }

            using var audioDecoder = new AudioTranscoder(stream.Parameters, stream.TimeBase, new AudioEncoding { Codec = "pcm_s16le" });
            indices.ForEach(index => audioDecoder.Write(batch, index, batch[index].Pts, output, 0));
            audioDecoder.Finish(output, 0);
            DecodeErrors = audioDecoder.DecodeErrors;
            return Frames(audioDecoder.OutputTimeBase, Amplitude);
        }
        finally
        {
            output.Release();
        }

        List<PlayedFrame> Frames(Rational unit, Func<byte[], double> level) =>
            [.. Enumerable.Range(0, output.Count).Select(index => new PlayedFrame(
                unit.ToTimeSpan(output[index].Pts), level(output.Data(index).ToArray())))];
    }

    private static double Mean(byte[] pixels) => pixels.Average(pixel => (double)pixel);

    private static double Amplitude(byte[] samples) =>
        Enumerable.Range(0, samples.Length / 2).Average(sample => Math.Abs((double)BitConverter.ToInt16(samples, sample * 2)));
}
