using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Reads the UDP sockets of a session.</summary>
internal sealed class DatagramReader
{
    private const int LargestDatagram = 64 << 10;

    // Of one track at one moment: the others have their turn then.
    private const long MostAtOnce = 4 << 20;
    private const int MostReports = 100;

    private readonly List<(DatagramPair Pair, RtpTrack Track)> _tracks = [];

    public int Count => _tracks.Count;

    public TimeSpan LastByte { get; private set; }

    public void Add(DatagramPair pair, RtpTrack track) => _tracks.Add((pair, track));

    /// <param name="buffer">Nothing in it outlives the call.</param>
    /// <param name="now">The clock of arrivals.</param>
    /// <param name="session">Takes the reports.</param>
    /// <param name="isMediaOnly">Whether reports wait: few come, and a buffer holds many.</param>
    public void Read(byte[] buffer, TimeSpan now, RtspSession session, bool isMediaOnly)
    {
        foreach (var (pair, track) in _tracks)
        {
            // Datagrams lie one behind the other in the buffer until the next round.
            var used = 0;
            for (var total = 0L; total < MostAtOnce && pair.Receive(0, buffer.AsSpan(used)) is > 0 and var length; total += length)
            {
                LastByte = now;
                // Some cameras send reports to the port of the media.
                if (RtspSession.IsReport(buffer.AsSpan(used, length)))
                    session.TakeReports(track, buffer.AsSpan(used, length), now);
                else
                    track.ReceiveUnordered(buffer.AsMemory(used, length), now);

                used += length;
                if (buffer.Length - used >= LargestDatagram)
                    continue;

                track.Park(now);
                used = 0;
            }

            track.Park(now);
            if (isMediaOnly)
                continue;

            for (var reports = 0; reports < MostReports && pair.Receive(1, buffer) is > 0 and var length; reports++)
            {
                LastByte = now;
                session.TakeReports(track, buffer.AsSpan(0, length), now);
            }
        }
    }

    public long TakeDrops()
    {
        var drops = 0L;
        foreach (var (pair, _) in _tracks)
            drops += pair.TakeDrops();

        return drops;
    }
}
