namespace Recorder.FFmpeg;

/// <summary>Remembers what a stream was described as, and notices at the price of a few comparisons when that is no longer so.</summary>
/// <param name="mostPixels">Of a picture that is decoded to find out what a stream is.</param>
internal sealed unsafe class StreamTracker(long mostPixels) : IDisposable
{
    private CodecParameters? _parameters;
    private AVCodecID _codec;
    private int _width;
    private int _height;
    private int _sampleRate;
    private int _channels;
    private int _headerLength;
    private nint _header;
    private ParameterSets? _sets;
    private int _lengthSize;
    private byte[]? _inBand;
    private byte[]? _newHeader;
    private StreamProbe? _probe;

    private ReadOnlySpan<byte> Header => _newHeader ?? new ReadOnlySpan<byte>((byte*)_header, _headerLength);

    /// <summary>Whether what a muxer must know of it is known.</summary>
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

    /// <summary>Whether the stream is no longer what <see cref="Describe"/> said last.</summary>
    public bool HasChanged(AVStream* stream, AVPacket* packet)
    {
        if (!IsKnown(stream))
            (_probe ??= new StreamProbe(mostPixels)).Look(stream, packet);
        var native = stream->codecpar;
        if (native->codec_id != _codec || native->width != _width || native->height != _height || native->sample_rate != _sampleRate
            || native->ch_layout.nb_channels != _channels || native->extradata_size != _headerLength || (nint)native->extradata != _header)
            return true;
        if (packet->side_data_elems > 0 && HeaderChanged(packet))
            return true;
        return _sets is not null && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0 && SequenceChanged(_sets, packet);
    }

    /// <summary>
    /// Whether there is no picture in it: where a connection breaks between a delimiter and its picture, the parser gives out the
    /// delimiter alone, which no decoder takes.
    /// </summary>
    public bool IsHollow(AVPacket* packet)
    {
        const int Delimiters = 64;
        if (_sets is null || packet->size > Delimiters)
            return false;
        var rest = new ReadOnlySpan<byte>(packet->data, packet->size);
        if (!AnnexB.Is(rest))
            return false;
        while (AnnexB.TryNext(ref rest, out var unit))
        {
            if (!unit.IsEmpty && _sets.IsPicture(unit))
                return false;
        }
        return true;
    }

    public StreamInfo Describe(AVStream* stream)
    {
        var native = stream->codecpar;
        if (native->codec_id != _codec || (nint)native->extradata != _header || native->extradata_size != _headerLength)
            // What was learnt of the stream before was of another header.
            (_inBand, _newHeader) = (null, null);
        if (native->codec_id != _codec)
            _sets = ParameterSets.For(ffmpeg.avcodec_get_name(native->codec_id));
        _codec = native->codec_id;
        _width = native->width;
        _height = native->height;
        _sampleRate = native->sample_rate;
        _channels = native->ch_layout.nb_channels;
        _headerLength = native->extradata_size;
        _header = (nint)native->extradata;
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
            parameters = parameters.WithExtraData(_newHeader, width, height, sampleRate, channels);
        }
        _lengthSize = _sets?.LengthSize(Header) ?? 0;
        // The same object as long as nothing changed: who holds one may compare references first.
        _parameters = _parameters is not null && _parameters.Equivalent(parameters) ? _parameters : parameters;
        return new StreamInfo(
            stream->index,
            _parameters,
            stream->time_base.ToRational(),
            rate,
            NativeOptions.Get(stream->metadata, "language"),
            stream->start_time == PacketInfo.NoTimestamp ? null : stream->time_base.ToRational().ToTimeSpan(stream->start_time),
            (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) != 0);
    }

    public void Dispose() => _probe?.Dispose();

    /// <summary>
    /// Containers that send a codec header of their own (RTMP's sequence header, a sample entry of MP4) send another with the packet that
    /// needs it; FFmpeg's description of the stream stays what it was at the start.
    /// </summary>
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

    /// <summary>
    /// A camera that is set to another size sends new parameter sets before the next key frame; FFmpeg's description of the stream
    /// stays what it was at the start.
    /// </summary>
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
}
