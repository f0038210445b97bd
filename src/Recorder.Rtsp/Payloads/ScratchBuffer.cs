namespace Recorder.Rtsp.Payloads;

/// <summary>Memory for bytes whose frame is not known yet; reused.</summary>
internal sealed class ScratchBuffer : IFrameBuffer
{
    private byte[] _bytes = [];
    private int _length;

    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    public Span<byte> Append(int length)
    {
        if (_bytes.Length - _length < length)
            Array.Resize(ref _bytes, Math.Max(_length + length, 2 * _bytes.Length));
        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }

    public void Clear() => _length = 0;
}
