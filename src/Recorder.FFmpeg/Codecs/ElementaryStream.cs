namespace Recorder.FFmpeg;

/// <summary>
/// What is known of a stream whose frames no demuxer has read, such as one received by RTP: its codec header, and the changes of it that its
/// frames bring. Frames of H.264 and HEVC have each NAL unit behind its length in four bytes. Used by one thread at a time.
/// </summary>
public sealed class ElementaryStream
{
    private const int LengthSize = 4;

    private readonly string _codec;
    private readonly Rational _statedRate;
    private readonly ParameterSets? _sets;
    private byte[] _known = [];
    private byte[] _inBand = [];

    private ElementaryStream(string codec, double statedRate)
    {
        FFmpegLibrary.Ensure();
        _codec = codec;
        _statedRate = statedRate is >= 0.1 and <= 1000 ? new Rational((int)Math.Round(statedRate * 1000), 1000) : default;
        _sets = ParameterSets.For(codec);
    }

    /// <summary>What a decoder must know; null until the header or a frame has said it. A new object with each change.</summary>
    public CodecParameters? Parameters { get; private set; }

    /// <summary>Begins a stream of h264, hevc, av1 or mjpeg.</summary>
    /// <param name="codec">FFmpeg's name of the codec.</param>
    /// <param name="header">Parameter sets between start codes, or the sequence header OBU; empty if not known yet.</param>
    /// <param name="framesPerSecond">As the source states it; 0 if it does not.</param>
    /// <exception cref="FFmpegException">FFmpeg does not know the codec.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
    public static ElementaryStream Video(string codec, ReadOnlySpan<byte> header, double framesPerSecond)
    {
        var stream = new ElementaryStream(codec, framesPerSecond);
        stream.Take(header);
        return stream;
    }

    /// <summary>Begins a stream of sound, whose parameters do not change.</summary>
    /// <param name="codec">FFmpeg's name of the codec: aac, opus, pcm_alaw, ….</param>
    /// <param name="sampleRate">In hertz.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="header">The codec header, such as AudioSpecificConfig or OpusHead; empty if the codec has none.</param>
    /// <param name="bitsPerSample">For codecs whose name does not say it; else 0.</param>
    /// <exception cref="FFmpegException">FFmpeg does not know the codec.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
    public static ElementaryStream Audio(string codec, int sampleRate, int channels, ReadOnlySpan<byte> header, int bitsPerSample) =>
        new(codec, 0) { Parameters = CodecParameters.Sound(codec, sampleRate, channels, header, bitsPerSample) };

    /// <summary>Looks at a key frame for a changed header; returns whether <see cref="Parameters"/> has changed.</summary>
    public bool Inspect(ReadOnlySpan<byte> frame)
    {
        var before = Parameters;
        switch (_codec)
        {
            case "h264" or "hevc":
                var sets = _sets!.OfPacket(frame, LengthSize);
                if (!sets.IsEmpty && !sets.SequenceEqual(_inBand))
                {
                    _inBand = sets.ToArray();
                    Take(_inBand);
                }
                break;
            case "av1":
                Take(Av1SequenceHeader.FindObu(frame));
                break;
            case "mjpeg" when JpegScanner.SizeOf(frame) is var (width, height) && (width, height) != (before?.Width, before?.Height):
                Parameters = CodecParameters.Picture(_codec, width, height, default, default, _statedRate);
                break;
        }
        return Parameters != before;
    }

    private void Take(ReadOnlySpan<byte> header)
    {
        if (header.IsEmpty || (_sets is null ? header.SequenceEqual(_known) : ParameterSets.Contains(_known, header)))
            return;
        if (_sets is null)
            TakeSequenceHeader(header);
        else
            TakeSets(_sets, _sets.Merge(_known, header));
    }

    private void TakeSets(ParameterSets sets, byte[] all)
    {
        _known = all;
        if (sets.InfoOf(all) is not { } info || sets.ToHeader(all, LengthSize) is not { } header)
            return;
        var rate = _statedRate.IsKnown ? _statedRate : info.FrameRate;
        Parameters = CodecParameters.Picture(_codec, info.Width, info.Height, header, info, rate);
    }

    private void TakeSequenceHeader(ReadOnlySpan<byte> header)
    {
        if (_codec != "av1" || Av1SequenceHeader.Read(header) is not { } info)
            return;
        _known = header.ToArray();
        Parameters = CodecParameters.Picture(_codec, info.Width, info.Height, header, default, _statedRate);
    }
}
