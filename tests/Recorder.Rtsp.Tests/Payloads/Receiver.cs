using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>Gives packets to a depacketizer out of a receive buffer that is used again after each Park.</summary>
internal sealed class Receiver(IDepacketizer depacketizer, Random random)
{
    private readonly byte[] _buffer = new byte[8 << 10];
    private int _used;
    private int _lost;

    public void Lose() => _lost++;

    public void Receive(Sent packet)
    {
        var bytes = packet.Bytes.Length > _buffer.Length ? new byte[packet.Bytes.Length] : _buffer.AsMemory();
        if (_used + packet.Bytes.Length > _buffer.Length || random.Next(4) == 0)
            Park();
        if (bytes.Length == _buffer.Length)
        {
            bytes = bytes.Slice(_used, packet.Bytes.Length);
            _used += packet.Bytes.Length;
        }

        packet.Bytes.CopyTo(bytes);
        depacketizer.Add(new RtpPayload(bytes, packet.Timestamp, packet.Marker, _lost));
        _lost = 0;
    }

    public void Receive(IEnumerable<Sent> packets)
    {
        foreach (var packet in packets)
            Receive(packet);
        Park();
    }

    private void Park()
    {
        depacketizer.Park();
        Array.Fill(_buffer, (byte)0xAA);
        _used = 0;
    }
}
