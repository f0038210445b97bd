using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>Encodes one track of an export, across all parts that it is made of.</summary>
internal sealed class ExportEncoder : IDisposable
{
    private const long AudioBitsPerChannel = 64_000;

    private readonly ExportTrack _track;
    private readonly int _place;
    private CodecParameters _input;
    private readonly IMediaCodecs _codecs;
    private ITranscoder _codec;

    /// <exception cref="FFmpegException">There is no decoder or encoder for it.</exception>
    public ExportEncoder(ExportTrack track, int place, IMediaCodecs codecs)
    {
        (_track, _place, _input, _codecs) = (track, place, track.First.Parameters, codecs);
        _codec = Open(track.First);
        Output = _codec.Output;
        TimeBase = _codec.OutputTimeBase;
    }

    /// <summary>What is written.</summary>
    public CodecParameters Output { get; }

    /// <summary>What the written times count.</summary>
    public Rational TimeBase { get; }

    /// <summary>Goes on with the stream of another part.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="output">Where goes what is left of the one before.</param>
    public void Become(StreamInfo stream, PacketBatch output)
    {
        if (!stream.Parameters.Equivalent(_input))
        {
            Finish(output);
            _codec.Dispose();
            _input = stream.Parameters;
            _codec = Open(stream);
        }
    }

    /// <summary>Encodes a packet.</summary>
    /// <param name="input">The batch that holds it, alone.</param>
    /// <param name="shown">When it is shown, in the time base of the stream.</param>
    /// <param name="output">Where to.</param>
    public void Write(PacketBatch input, long shown, PacketBatch output) => _codec.Write(input, 0, shown, output, _place);

    /// <summary>Gives out what is left.</summary>
    public void Finish(PacketBatch output) => _codec.Finish(output, _place);

    public void Dispose() => _codec.Dispose();

    // The first decides size and rates: a file has one header.
    private ITranscoder Open(StreamInfo stream)
    {
        var first = _track.First.Parameters;
        if (_track.IsVideo)
        {
            return _codecs.OpenVideo(stream.Parameters, stream.TimeBase, new VideoEncoding
            {
                Codec = _track.Encode!,
                BitsPerSecond = ExportFormat.BitRateOf(first),
                Width = first.Width,
                Height = first.Height,
                FrameRate = first.FrameRate.IsKnown ? first.FrameRate : new Rational(25, 1),
                GlobalHeader = true,
            });
        }

        return _codecs.OpenAudio(stream.Parameters, stream.TimeBase, new AudioEncoding
        {
            Codec = _track.Encode!,
            BitsPerSecond = AudioBitsPerChannel * Math.Max(1, first.Channels),
            SampleRate = first.SampleRate,
            Channels = first.Channels,
            GlobalHeader = true,
        });
    }
}
