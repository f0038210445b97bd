using Recorder.FFmpeg;

namespace Recorder.Actors.Playback;

/// <summary>Encodes one track of an export, across all parts that it is made of.</summary>
internal sealed class ExportEncoder : IDisposable
{
    private const long AudioBitsPerChannel = 64_000;

    private readonly ExportTrack _track;
    private readonly int _place;
    private CodecParameters _input;
    private VideoTranscoder? _video;
    private AudioTranscoder? _audio;

    /// <exception cref="FFmpegException">There is no decoder or encoder for it.</exception>
    public ExportEncoder(ExportTrack track, int place)
    {
        (_track, _place, _input) = (track, place, track.First.Parameters);
        Open(track.First);
        Output = _video?.Output ?? _audio!.Output;
        TimeBase = _video?.OutputTimeBase ?? _audio!.OutputTimeBase;
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
            Close();
            _input = stream.Parameters;
            Open(stream);
        }
    }

    /// <summary>Encodes a packet.</summary>
    /// <param name="input">The batch that holds it, alone.</param>
    /// <param name="shown">When it is shown, in the time base of the stream.</param>
    /// <param name="output">Where to.</param>
    public void Write(PacketBatch input, long shown, PacketBatch output)
    {
        _video?.Write(input, 0, shown, output, _place);
        _audio?.Write(input, 0, shown, output, _place);
    }

    /// <summary>Gives out what is left.</summary>
    public void Finish(PacketBatch output)
    {
        _video?.Finish(output, _place);
        _audio?.Finish(output, _place);
    }

    public void Dispose() => Close();

    // The first decides size and rates: a file has one header.
    private void Open(StreamInfo stream)
    {
        var first = _track.First.Parameters;
        if (_track.IsVideo)
        {
            _video = new VideoTranscoder(stream.Parameters, stream.TimeBase, new VideoEncoding
            {
                Codec = _track.Encode!,
                BitsPerSecond = ExportFormat.BitRateOf(first),
                Width = first.Width,
                Height = first.Height,
                FrameRate = first.FrameRate.IsKnown ? first.FrameRate : new Rational(25, 1),
                GlobalHeader = true,
            });
            return;
        }

        _audio = new AudioTranscoder(stream.Parameters, stream.TimeBase, new AudioEncoding
        {
            Codec = _track.Encode!,
            BitsPerSecond = AudioBitsPerChannel * Math.Max(1, first.Channels),
            SampleRate = first.SampleRate,
            Channels = first.Channels,
            GlobalHeader = true,
        });
    }

    private void Close()
    {
        _video?.Dispose();
        _audio?.Dispose();
        (_video, _audio) = (null, null);
    }
}
