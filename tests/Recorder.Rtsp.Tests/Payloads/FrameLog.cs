using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>Takes the frames of one track and remembers them.</summary>
internal sealed class FrameLog : IFrameBuffer, IFrameSink
{
    private byte[] _bytes = [];
    private int _length;

    public List<Frame> Frames { get; } = [];

    public List<(long Timestamp, bool OthersNeedIt)> Misses { get; } = [];

    public int MostBytes { get; private set; }

    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    public Span<byte> Append(int length)
    {
        if (_bytes.Length < _length + length)
            Array.Resize(ref _bytes, Math.Max(_length + length, 2 * _bytes.Length));
        _length += length;
        MostBytes = Math.Max(MostBytes, _length);
        return _bytes.AsSpan(_length - length, length);
    }

    public void Clear() => _length = 0;

    public void Deliver(in FrameInfo frame, FrameAssembler assembler)
    {
        Frames.Add(new Frame(frame, assembler.Complete().Bytes.ToArray()));
        Clear();
    }

    public void Miss(long timestamp, bool othersNeedIt) => Misses.Add((timestamp, othersNeedIt));
}

internal sealed record Frame(FrameInfo Info, byte[] Bytes);

/// <summary>A packet as a camera sends it.</summary>
internal sealed record Sent(byte[] Bytes, long Timestamp, bool Marker);
