using System.Buffers.Binary;
using System.Security.Cryptography;
using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Sends receiver reports, soon after the beginning and then every few seconds. Reads no clock.</summary>
internal sealed class ReportSchedule(RtspConnection connection, IReadOnlyList<TrackSetup> setups, IReadOnlyList<RtpTrack> tracks)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly byte[] _report = new byte[ReceiverReports.Size];
    private readonly uint _receiver = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
    private TimeSpan? _due;

    public void SendIfDue(TimeSpan now)
    {
        _due ??= now + First;
        if (now < _due)
            return;

        _due = now + Interval;
        foreach (var track in tracks)
        {
            if (track.Source is not { } sender)
                continue;

            var size = track.Reports.Write(_report, _receiver, sender, now);
            var setup = setups[track.Index];
            if (setup.Datagrams is { } datagrams)
                datagrams.Report(_report.AsSpan(0, size));
            else
                connection.SendFrame(setup.ReportChannel, _report.AsSpan(0, size));
        }
    }
}
