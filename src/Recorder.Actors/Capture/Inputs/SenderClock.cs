namespace Recorder.Actors.Capture;

/// <summary>
/// The wall clock that a connection's packets are captured by: the sender's where it states one, else the time of arrival. A sender's clock
/// that is set, or that is first stated and says another time than arrival did, is counted on from where it was until the next
/// connection: else a recording would have moments twice, or not at all, that it has once.
/// </summary>
internal sealed class SenderClock
{
    // Clocks that are steered by a time server move by less than that, and so do pictures that are sent out of order.
    private const long Steered = TimeSpan.MicrosecondsPerSecond;

    private Track[] _tracks = new Track[2];

    /// <summary>The capture time of a packet, microseconds since 1970.</summary>
    /// <param name="track">Its track.</param>
    /// <param name="stated">What the sender stated; 0 for nothing.</param>
    /// <param name="now">The wall clock at its arrival.</param>
    /// <param name="at">Its arrival on a monotonic clock.</param>
    public long Judge(int track, long stated, long now, TimeSpan at)
    {
        if (track >= _tracks.Length)
        {
            Array.Resize(ref _tracks, track + 2);
        }

        ref var known = ref _tracks[track];
        var captured = stated == 0 ? now : stated + known.Correction;
        if (stated != 0 && known.Last != 0)
        {
            var elapsed = (at - known.At).Ticks / TimeSpan.TicksPerMicrosecond;
            var step = captured - known.Last;
            if (step < -Steered || step > elapsed + Steered)
            {
                known.Correction += elapsed - step;
                captured = known.Last + elapsed;
            }
        }

        (known.Last, known.At) = (captured, at);
        return captured;
    }

    private struct Track
    {
        public long Last { get; set; }

        public TimeSpan At { get; set; }

        public long Correction { get; set; }
    }
}
