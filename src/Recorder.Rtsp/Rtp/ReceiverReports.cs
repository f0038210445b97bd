using System.Buffers.Binary;

namespace Recorder.Rtsp.Rtp;

/// <summary>Writes RTCP receiver reports (RFC 3550, 6.4.2) of one sender's packets. Reads no clock.</summary>
internal sealed class ReceiverReports(SequenceTracker sequence, int clockRate)
{
    /// <summary>A receiver report of one sender, and a description with the name "recorder".</summary>
    public const int Size = 32 + 20;

    private double _jitter;
    private long? _transit;
    private (uint ShortNtp, TimeSpan At)? _lastReport;
    private long _expectedBefore;
    private long _missingBefore;

    // Those of senders before this one.
    private long _missingOfOthers;

    /// <summary>Mean deviation of the spacing of packets, in units of the RTP clock.</summary>
    public double Jitter => _jitter;

    public void Received(long timestamp, TimeSpan arrival)
    {
        var transit = (long)(arrival.TotalSeconds * clockRate) - timestamp;
        if (_transit is { } before)
            _jitter += (Math.Min(Math.Abs(transit - before), 10.0 * clockRate) - _jitter) / 16;

        _transit = transit;
    }

    /// <summary>Another sender follows: what is reported of it begins anew.</summary>
    public void Restart()
    {
        (_jitter, _transit, _lastReport) = (0, null, null);
        (_expectedBefore, _missingBefore, _missingOfOthers) = (0, sequence.Missing, sequence.Missing);
    }

    public void Reported(in SenderReport report, TimeSpan now) => _lastReport = (report.ShortNtp, now);

    public int Write(Span<byte> into, uint receiver, uint sender, TimeSpan now)
    {
        var expected = sequence.IsStarted ? sequence.Last - sequence.First + 1 : 0;
        var (newExpected, newMissing) = (expected - _expectedBefore, sequence.Missing - _missingBefore);
        (_expectedBefore, _missingBefore) = (expected, sequence.Missing);
        var fraction = newExpected > 0 && newMissing > 0 ? Math.Min(255, newMissing * 256 / newExpected) : 0;
        into = into[..Size];
        into.Clear();
        into[0] = 0x81;
        into[1] = 201;
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], 7);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], receiver);
        BinaryPrimitives.WriteUInt32BigEndian(into[8..], sender);
        BinaryPrimitives.WriteUInt32BigEndian(into[12..], (uint)(fraction << 24) | (uint)Math.Min(sequence.Missing - _missingOfOthers, 0x7fffff));
        BinaryPrimitives.WriteUInt32BigEndian(into[16..], (uint)sequence.Last);
        BinaryPrimitives.WriteUInt32BigEndian(into[20..], (uint)Math.Min(_jitter, uint.MaxValue));
        if (_lastReport is var (shortNtp, at))
        {
            BinaryPrimitives.WriteUInt32BigEndian(into[24..], shortNtp);
            BinaryPrimitives.WriteUInt32BigEndian(into[28..], (uint)Math.Min(uint.MaxValue, (now - at).TotalSeconds * 65536));
        }

        var description = into[32..];
        description[0] = 0x81;
        description[1] = 202;
        BinaryPrimitives.WriteUInt16BigEndian(description[2..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(description[4..], receiver);
        description[8] = 1;
        description[9] = 8;
        "recorder"u8.CopyTo(description[10..]);
        return Size;
    }
}
