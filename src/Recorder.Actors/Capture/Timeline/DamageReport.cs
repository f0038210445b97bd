using Recorder.Contracts;

namespace Recorder.Actors.Capture;

internal sealed class DamageReport
{
    // One slot for each track; tracks beyond these share slots.
    private readonly TimeSpan[] _missing = new TimeSpan[64];
    private int _packets;

    public void Add() => _packets++;

    public void Add(int track, TimeSpan length)
    {
        _packets++;
        _missing[track % _missing.Length] += length;
    }

    public CaptureProtocol.MediaDropped? Take(DateTimeOffset from, DateTimeOffset now)
    {
        if (_packets == 0)
            return null;

        // The gap is as long as the packets left out, not as long as the time since the last good packet.
        var (packets, missing) = (_packets, _missing.Max());
        var to = missing > TimeSpan.Zero && from + missing < now ? from + missing : now;
        _packets = 0;
        Array.Clear(_missing);
        return new CaptureProtocol.MediaDropped(GapCause.Corrupt, packets, from, to) { Missing = missing > TimeSpan.Zero ? missing : null };
    }
}
