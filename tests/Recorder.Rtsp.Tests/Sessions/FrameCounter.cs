using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>Counts frames and forgets them. Allocates nothing.</summary>
internal sealed class FrameCounter : IMediaReceiver
{
    public int Sound { get; private set; }

    public int Video { get; private set; }

    public IFrameBuffer CreateBuffer(int track, TrackFormat format) => new Memory();

    public void Deliver(RtpTrack track, in RtpFrame frame, IFrameBuffer buffer)
    {
        if (track.Format.Kind == TrackKind.Video)
            Video++;
        else
            Sound++;

        buffer.Clear();
    }

    public void Lose(RtpTrack track, in RtpLoss loss)
    {
    }

    private sealed class Memory : IFrameBuffer
    {
        private byte[] _bytes = new byte[64 << 10];
        private int _length;

        public Span<byte> Bytes => _bytes.AsSpan(0, _length);

        public Span<byte> Append(int length)
        {
            if (_length + length > _bytes.Length)
                Array.Resize(ref _bytes, 2 * (_length + length));

            _length += length;
            return _bytes.AsSpan(_length - length, length);
        }

        public void Clear() => _length = 0;
    }
}
