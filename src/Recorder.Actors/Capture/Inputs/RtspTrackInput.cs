using Recorder.FFmpeg;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;

namespace Recorder.Actors.Capture;

/// <summary>A track of a camera: its frames become packets in the memory that the muxer writes, and show when its parameters
/// change.</summary>
internal sealed class RtspTrackInput : IFrameBuffer, IDisposable
{
    private const int MostReportedRate = 240;

    private readonly PacketBuffer _buffer = new();
    private ElementaryStream? _stream;
    private byte[]? _inBandHeader;
    private readonly DecodeTimes _times;
    private readonly TrackFormat _format;

    public RtspTrackInput(int index, TrackFormat format)
    {
        (Index, _format, TimeBase) = (index, format, new Rational(1, format.ClockRate));
        _times = new DecodeTimes(format.ClockRate);
        if (format.Kind == TrackKind.Video)
            _stream = ElementaryStream.Video(format.Codec, format.Header, format.FrameRate);
        else if (format is { SampleRate: > 0, Channels: > 0 })
            _stream = ElementaryStream.Audio(format.Codec, format.SampleRate, format.Channels, format.Header, format.BitsPerSample);

        Describe();
    }

    public int Index { get; }

    public Rational TimeBase { get; }

    /// <summary>Null until the parameters are known.</summary>
    public StreamInfo? Info { get; private set; }

    public bool IsVideo => _format.Kind == TrackKind.Video;

    Span<byte> IFrameBuffer.Bytes => _buffer.Bytes;

    Span<byte> IFrameBuffer.Append(int length) => _buffer.Append(length);

    void IFrameBuffer.Clear() => _buffer.Clear();

    /// <summary>Looks at the frame in the buffer, and at the codec header that the stream brought, if any; returns whether <see cref="Info"/> has
    /// changed.</summary>
    public bool Inspect(in RtpFrame frame, byte[]? header)
    {
        if (IsVideo ? !frame.Key || !_stream!.Inspect(_buffer.Bytes) : !TakeSoundHeader(header))
            return false;

        Describe();
        return true;
    }

    /// <summary>Appends the frame to the batch.</summary>
    public void MoveTo(PacketBatch batch, in RtpFrame frame)
    {
        var duration = frame.Duration > 0 ? frame.Duration : Info?.FrameRate is { IsKnown: true } rate ? rate.Inverse.Rescale(1, TimeBase) : 0;
        var decode = IsVideo ? _times.Next(frame.Timestamp, duration) : frame.Timestamp;
        batch.Take(_buffer, new PacketInfo(Index, frame.Timestamp, decode, duration, 0, frame.Key, false, frame.CaptureTimeUs));
    }

    public void Discard() => _buffer.Clear();

    public void Dispose() => _buffer.Dispose();

    // Sound whose description does not say what it is: MPEG audio says it in each frame, LATM may in its stream.
    private bool TakeSoundHeader(byte[]? header)
    {
        if (_stream is null && MpegAudioFrame.Read(_buffer.Bytes) is { } sound)
        {
            // Both highest bits of the fourth byte are set for one channel.
            _stream = ElementaryStream.Audio(_format.Codec, sound.SampleRate, _buffer.Bytes[3] >> 6 == 3 ? 1 : 2, [], 0);
            return true;
        }

        if (header is null || header.AsSpan().SequenceEqual(_inBandHeader ?? _format.Header)
            || AudioSpecificConfig.Read(header) is not { SampleRate: > 0, Channels: > 0 } config)
        {
            return false;
        }

        _inBandHeader = header;

        _stream = ElementaryStream.Audio(_format.Codec, config.SampleRate, config.Channels, header, 0);
        return true;
    }

    private void Describe()
    {
        if (_stream?.Parameters is not { } parameters)
            return;

        _times.Reordered = parameters.ReorderedFrames;
        // Encoders that do not know their rate write the highest one.
        var rate = parameters.FrameRate is { IsKnown: true } known && known.Value <= MostReportedRate ? known : new Rational(0, 1);
        Info = new StreamInfo(Index, parameters, TimeBase, rate, null, null, false);
    }
}
