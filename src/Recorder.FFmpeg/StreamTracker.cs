using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Remembers what a stream was described as, and notices at the price of a few comparisons when that is no longer so.</summary>
internal sealed unsafe class StreamTracker
{
    private const byte H264ParameterSet = 7;
    private const byte HevcParameterSet = 33;

    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    private CodecParameters? _parameters;
    private int _width;
    private int _height;
    private int _sampleRate;
    private int _channels;
    private int _headerLength;
    private nint _header;
    private byte[]? _inBand;
    private bool _inBandChanged;
    private int _sequenceCodec;

    /// <summary>Whether the stream is no longer what <see cref="Describe"/> said last.</summary>
    public bool HasChanged(AVStream* stream, AVPacket* packet)
    {
        var native = stream->codecpar;
        if (native->width != _width || native->height != _height || native->sample_rate != _sampleRate
            || native->ch_layout.nb_channels != _channels || native->extradata_size != _headerLength || (nint)native->extradata != _header)
            return true;
        return _sequenceCodec != 0 && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0 && SequenceChanged(packet);
    }

    /// <summary>
    /// Whether there is no picture in it: where a connection breaks between a delimiter and its picture, the parser gives out the
    /// delimiter alone, which no decoder takes.
    /// </summary>
    public bool IsHollow(AVPacket* packet)
    {
        const int Delimiters = 64;
        if (_sequenceCodec == 0 || packet->size > Delimiters)
            return false;
        var rest = new ReadOnlySpan<byte>(packet->data, packet->size);
        if (!AnnexB.Is(rest))
            return false;
        while (AnnexB.TryNext(ref rest, out var unit))
        {
            if (!unit.IsEmpty && (_sequenceCodec == H264ParameterSet ? (unit[0] & 0x1f) is >= 1 and <= 5 : (unit[0] >> 1 & 0x3f) < 32))
                return false;
        }
        return true;
    }

    public StreamInfo Describe(AVStream* stream)
    {
        var native = stream->codecpar;
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
        if (_inBandChanged && _inBand is not null)
        {
            var (width, height) = SequenceSize.Of(_inBand, _sequenceCodec == H264ParameterSet);
            parameters = parameters.WithExtraData(_inBand, width, height);
        }
        _sequenceCodec = parameters.Codec switch
        {
            "h264" => H264ParameterSet,
            "hevc" => HevcParameterSet,
            _ => 0,
        };
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

    /// <summary>
    /// A camera that is set to another size sends new parameter sets before the next key frame; FFmpeg's description of the stream
    /// stays what it was at the start. Only byte stream formats (RTSP, MPEG-TS) carry them.
    /// </summary>
    private bool SequenceChanged(AVPacket* packet)
    {
        var data = new ReadOnlySpan<byte>(packet->data, packet->size);
        if (!AnnexB.Is(data))
            return false;
        var h264 = _sequenceCodec == H264ParameterSet;
        var sets = new List<byte>(128);
        var rest = data;
        while (AnnexB.TryNext(ref rest, out var unit) && !unit.IsEmpty)
        {
            var type = h264 ? unit[0] & 0x1f : unit[0] >> 1 & 0x3f;
            var parameterSet = h264 ? type is 7 or 8 : type is 32 or 33 or 34;
            // Some senders say the same twice, with one key frame and not with the next.
            if (parameterSet && CollectionsMarshal.AsSpan(sets).IndexOf(unit) < 0)
            {
                sets.AddRange(StartCode);
                sets.AddRange(unit);
            }
            else if (!parameterSet && (sets.Count > 0 || (h264 ? type is >= 1 and <= 5 : type < 32)))
            {
                break;
            }
        }
        if (sets.Count == 0)
            return false;
        if (_inBand is null)
        {
            _inBand = [.. sets];
            // A source that stated no header at the start states it with its first key frame.
            return _inBandChanged = _parameters is { HasExtraData: false };
        }
        if (CollectionsMarshal.AsSpan(sets).SequenceEqual(_inBand))
            return false;
        _inBand = [.. sets];
        return _inBandChanged = true;
    }
}
