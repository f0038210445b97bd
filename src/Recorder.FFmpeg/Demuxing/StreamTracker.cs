namespace Recorder.FFmpeg;

/// <summary>Remembers the description of a stream and notices, with few comparisons per packet, when it changes.</summary>
internal sealed unsafe class StreamTracker(long mostPixels) : IDisposable
{
    private CodecParameters? _parameters;
    private Snapshot _snapshot;
    private ParameterSets? _sets;
    private int _lengthSize;
    private byte[]? _inBand;
    private byte[]? _newHeader;
    private StreamProbe? _probe;

    private ReadOnlySpan<byte> Header => _newHeader ?? new ReadOnlySpan<byte>((byte*)_snapshot.Header, _snapshot.HeaderLength);

    public static bool IsKnown(AVStream* stream)
    {
        var native = stream->codecpar;
        return native->codec_type switch
        {
            AVMediaType.AVMEDIA_TYPE_VIDEO => native->width > 0 && native->height > 0,
            AVMediaType.AVMEDIA_TYPE_AUDIO => native->sample_rate > 0 && native->ch_layout.nb_channels > 0,
            _ => true,
        };
    }

    public bool HasChanged(AVStream* stream, AVPacket* packet)
    {
        if (!IsKnown(stream))
            (_probe ??= new StreamProbe(mostPixels)).Inspect(stream, packet);
        if (Snapshot.Of(stream->codecpar) != _snapshot)
            return true;
        if (packet->side_data_elems > 0 && HeaderChanged(packet))
            return true;
        return _sets is not null && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0 && SequenceChanged(_sets, packet);
    }

    // Whether a packet has no frame. If a connection breaks between a delimiter and its frame, FFmpeg's parser returns the
    // delimiter alone, which decoders refuse.
    public bool HasNoFrame(AVPacket* packet)
    {
        const int LargestDelimiter = 64;
        if (_sets is null || packet->size > LargestDelimiter)
            return false;
        var rest = new ReadOnlySpan<byte>(packet->data, packet->size);
        if (!AnnexB.Is(rest))
            return false;
        while (AnnexB.TryNext(ref rest, out var unit))
        {
            if (!unit.IsEmpty && _sets.IsFrame(unit))
                return false;
        }
        return true;
    }

    public StreamInfo Describe(AVStream* stream)
    {
        var native = stream->codecpar;
        var (before, now) = (_snapshot, Snapshot.Of(native));
        _snapshot = now;
        // Parameter sets that were found in the stream belong to the codec header that it had then.
        if ((now.Codec, now.Header, now.HeaderLength) != (before.Codec, before.Header, before.HeaderLength))
            (_inBand, _newHeader) = (null, null);
        if (now.Codec != before.Codec)
            _sets = ParameterSets.For(ffmpeg.avcodec_get_name(now.Codec));
        var rate = stream->avg_frame_rate.ToRational();
        if (!rate.IsKnown)
            rate = stream->r_frame_rate.ToRational();
        if (!rate.IsKnown)
            rate = new Rational(0, 1);
        ulong size;
        var matrix = ffmpeg.av_stream_get_side_data(stream, AVPacketSideDataType.AV_PKT_DATA_DISPLAYMATRIX, &size);
        var parameters = CodecParameters.From(native, rate, matrix == null ? default : new ReadOnlySpan<byte>(matrix, (int)size));
        if (_newHeader is not null)
        {
            var (width, height) = _sets?.SizeOf(_sets.OfHeader(_newHeader)) ?? default;
            var (sampleRate, channels) = parameters.Codec == "aac" ? AacHeader.Read(_newHeader) : default;
            parameters = parameters.With(_newHeader, width, height, sampleRate, channels);
        }
        _lengthSize = _sets?.LengthSize(Header) ?? 0;
        // Return the same object while nothing changes, so that callers can compare references.
        _parameters = _parameters is not null && _parameters.Equivalent(parameters) ? _parameters : parameters;
        var timeBase = stream->time_base.ToRational();
        return new StreamInfo(
            stream->index, _parameters, timeBase, rate, NativeExtensions.Metadata(stream, "language"),
            stream->start_time == PacketInfo.NoTimestamp ? null : timeBase.ToTimeSpan(stream->start_time),
            (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0);
    }

    public void Dispose() => _probe?.Dispose();

    // Whether the packet brings another codec header, as RTMP's sequence header and another sample entry of MP4 do. FFmpeg's
    // description of the stream does not change then.
    private bool HeaderChanged(AVPacket* packet)
    {
        ulong size;
        var data = ffmpeg.av_packet_get_side_data(packet, AVPacketSideDataType.AV_PKT_DATA_NEW_EXTRADATA, &size);
        if (data == null || size == 0)
            return false;
        var header = new ReadOnlySpan<byte>(data, (int)size);
        if (header.SequenceEqual(Header))
            return false;
        (_newHeader, _inBand) = (header.ToArray(), null);
        return true;
    }

    // Whether the packet has other parameter sets. A camera that is set to another size sends new ones before the next key frame,
    // and FFmpeg's description of the stream does not change.
    private bool SequenceChanged(ParameterSets format, AVPacket* packet)
    {
        var sets = format.OfPacket(new ReadOnlySpan<byte>(packet->data, packet->size), _lengthSize);
        if (sets.IsEmpty || sets.SequenceEqual(_inBand))
            return false;
        _inBand = sets.ToArray();
        var known = format.OfHeader(Header);
        if (ParameterSets.Contains(known, _inBand) || format.ToHeader(format.Merge(known, _inBand), _lengthSize) is not { } header)
            return false;
        _newHeader = header;
        return true;
    }

    // FFmpeg's description of a stream, as far as a change of it matters.
    private readonly record struct Snapshot(
        AVCodecID Codec, int Width, int Height, int SampleRate, int Channels, nint Header, int HeaderLength)
    {
        public static Snapshot Of(AVCodecParameters* native) => new(
            native->codec_id, native->width, native->height, native->sample_rate, native->ch_layout.nb_channels,
            (nint)native->extradata, native->extradata_size);
    }
}
