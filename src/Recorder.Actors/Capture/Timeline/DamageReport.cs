using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>Counts what is left out because it came damaged, and how much media that is.</summary>
internal sealed class DamageReport
{
    // One for each track; beyond it they share.
    private readonly TimeSpan[] _missing = new TimeSpan[64];
    private int _packets;

    /// <summary>A damaged piece that gave no packet.</summary>
    public void Add() => _packets++;

    /// <summary>A damaged packet.</summary>
    /// <param name="track">Its track.</param>
    /// <param name="length">How long it lasts.</param>
    public void Add(int track, TimeSpan length)
    {
        _packets++;
        _missing[track % _missing.Length] += length;
    }

    /// <summary>What was left out since the last call; null for nothing.</summary>
    /// <param name="from">Wall-clock time of the last packet before.</param>
    /// <param name="now">The wall clock.</param>
    public CaptureProtocol.MediaDropped? Take(DateTimeOffset from, DateTimeOffset now)
    {
        if (_packets == 0)
        {
            return null;
        }

        // What is missing is what was left out, however long ago the packets before it came.
        var (packets, missing) = (_packets, _missing.Max());
        var to = missing > TimeSpan.Zero && from + missing < now ? from + missing : now;
        _packets = 0;
        Array.Clear(_missing);
        return new CaptureProtocol.MediaDropped(GapCause.Corrupt, packets, from, to) { Missing = missing > TimeSpan.Zero ? missing : null };
    }
}
