using System.Buffers.Binary;

namespace Recorder.Rtsp.Rtp;

/// <summary>Reads what a receiver must know of RTCP packets: sender reports and goodbyes. Everything else is skipped, also what
/// cannot be read.</summary>
internal ref struct RtcpReader(ReadOnlySpan<byte> compound)
{
    private const int Header = 4;
    private const int SenderReportType = 200;
    private const int GoodbyeType = 203;
    private const int SenderReportBody = 24;

    private ReadOnlySpan<byte> _rest = compound;

    /// <summary>The report, if the packet that was read is one.</summary>
    public SenderReport? Report { get; private set; }

    /// <summary>The sender that says goodbye, if the packet that was read is one.</summary>
    public uint? Goodbye { get; private set; }

    public bool TryNext()
    {
        (Report, Goodbye) = (null, null);
        if (_rest.Length < Header || _rest[0] >> 6 != 2)
            return false;

        var size = Header + (4 * BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]));
        if (size > _rest.Length)
            return false;

        var body = _rest[Header..size];
        switch (_rest[1])
        {
            case SenderReportType when body.Length >= SenderReportBody:
                Report = SenderReport.Read(body);
                break;
            case GoodbyeType when body.Length >= 4 && (_rest[0] & 0x1f) > 0:
                Goodbye = BinaryPrimitives.ReadUInt32BigEndian(body);
                break;
        }

        _rest = _rest[size..];
        return true;
    }
}
