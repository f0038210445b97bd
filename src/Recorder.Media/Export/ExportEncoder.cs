using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

internal sealed class ExportEncoder : IDisposable
{
    private const long AudioBitsPerChannel = 64_000;

    private readonly ExportTrack _track;
    private readonly int _trackIndex;
    private readonly IMediaCodecs _codecs;
    private CodecParameters _input;
    private ITranscoder _codec;

    public ExportEncoder(ExportTrack track, int trackIndex, IMediaCodecs codecs)
    {
        (_track, _trackIndex, _input, _codecs) = (track, trackIndex, track.First.Parameters, codecs);
        _codec = Open(track.First);
        Output = _codec.Output;
        TimeBase = _codec.OutputTimeBase;
    }

    public CodecParameters Output { get; }

    public Rational TimeBase { get; }

    /// <summary>Goes on with the stream of the next part, with another decoder if it needs one.</summary>
    public void SwitchTo(StreamInfo stream, PacketBatch output)
    {
        if (!stream.Parameters.Equivalent(_input))
        {
            Finish(output);
            _codec.Dispose();
            _input = stream.Parameters;
            _codec = Open(stream);
        }
    }

    /// <param name="input">A batch of this packet alone.</param>
    /// <param name="shown">When it is shown on the export's timeline, in the time base of the stream.</param>
    public void Write(PacketBatch input, long shown, PacketBatch output) => _codec.Write(input, 0, shown, output, _trackIndex);

    public void Finish(PacketBatch output) => _codec.Finish(output, _trackIndex);

    public void Dispose() => _codec.Dispose();

    // A file has one header: the first stream decides size and rates of all.
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
