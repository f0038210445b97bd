namespace Recorder.FFmpeg;

/// <summary>Converts the times of a muxer's track, and knows which parameter sets its packets need.</summary>
internal sealed class OutputTrack(MuxerTrack track)
{
    private long _lastDts = PacketInfo.NoTimestamp;
    private long _lastStep;
    private ParameterSets? _format;
    private int _lengthSize;

    public CodecParameters Parameters => track.Parameters;

    public bool IsAac { get; } = track.Parameters.Codec == "aac";

    public bool IsVideo => track.Parameters.Kind == MediaKind.Video;

    public Rational OutputTimeBase { get; set; }

    public bool Started { get; set; }

    /// <summary>What is subtracted from times, in the container's time base.</summary>
    public long Shift { get; set; }

    public long FragmentStart { get; set; } = PacketInfo.NoTimestamp;

    /// <summary>Whether the packets' parameter sets differ from those of the container's header.</summary>
    public bool HasSetsInBand => _format is not null;

    public byte[] InBandSets { get; private set; } = [];

    public void SetParameters(CodecParameters parameters)
    {
        if (parameters.Equivalent(Parameters))
        {
            _format = null;
            return;
        }
        _format = ParameterSets.For(parameters.Codec);
        using var borrowed = parameters.Borrow();
        _lengthSize = _format?.LengthSize(borrowed.ExtraData) ?? 0;
        InBandSets = _format is null ? [] : ParameterSets.InBand(_format.OfHeader(borrowed.ExtraData), _lengthSize);
    }

    public unsafe bool NeedsSets(AVPacket* packet) =>
        _format is not null && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0
        && _format.OfPacket(new ReadOnlySpan<byte>(packet->data, packet->size), _lengthSize).IsEmpty;

    public (long Pts, long Dts, long Duration) Convert(long pts, long dts, long duration)
    {
        if (dts == PacketInfo.NoTimestamp)
            dts = pts;
        if (pts == PacketInfo.NoTimestamp)
            pts = dts;
        if (dts == PacketInfo.NoTimestamp)
            throw new FFmpegException(NativeError.InvalidArgument, $"A packet of {Parameters} has no time.");
        pts = Rational.Rescale(pts, track.TimeBase, OutputTimeBase);
        dts = Rational.Rescale(dts, track.TimeBase, OutputTimeBase);
        if (_lastDts != PacketInfo.NoTimestamp)
        {
            dts = Math.Max(dts, _lastDts + 1);
            _lastStep = dts - _lastDts;
        }
        pts = Math.Max(pts, dts);
        _lastDts = dts;
        if (duration > 0)
            duration = Rational.Rescale(duration, track.TimeBase, OutputTimeBase);
        else if (_lastStep > 0)
            duration = _lastStep;
        else if (IsVideo && Parameters.FrameRate.IsKnown)
            duration = Rational.Rescale(1, Parameters.FrameRate.Inverse, OutputTimeBase);
        return (pts, dts, Math.Max(duration, 0));
    }

    // Prepares for a first packet that comes after the header was written. The track then has no edit list, and FFmpeg takes the
    // first presentation time for the first decoding time; subtracting the reorder delay makes presentation times right again.
    public void StartLate(long pts, long dts) => Shift = pts - dts;
}
