using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Sessions;

/// <summary>Reads the UDP sockets of a session.</summary>
internal sealed class DatagramReader
{
    private const int LargestDatagram = 64 << 10;

    private readonly List<(DatagramPair Pair, RtpTrack Track)> _tracks = [];

    public int Count => _tracks.Count;

    public TimeSpan LastByte { get; private set; }

    public void Add(DatagramPair pair, RtpTrack track) => _tracks.Add((pair, track));

    public void Read(byte[] buffer, TimeSpan now, RtspSession session)
    {
        foreach (var (pair, track) in _tracks)
        {
            // Datagrams lie one behind the other in the buffer until the next round.
            var used = 0;
            while (pair.Receive(0, buffer.AsSpan(used)) is > 0 and var length)
            {
                LastByte = now;
                track.ReceiveUnordered(buffer.AsMemory(used, length), now);
                used += length;
                if (buffer.Length - used >= LargestDatagram)
                    continue;

                track.Park(now);
                used = 0;
            }

            track.Park(now);
            while (pair.Receive(1, buffer) is > 0 and var length)
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
