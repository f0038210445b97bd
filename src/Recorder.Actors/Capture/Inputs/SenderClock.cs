namespace Recorder.Actors.Capture;

/// <summary>The wall clock of a connection's packets: the sender's clock if it states one, else packet arrival. A jump of the
/// sender's clock is ignored until the next connection; otherwise a recording would show some moments twice and others not at
/// all.</summary>
internal sealed class SenderClock
{
    // A clock that follows a time server moves by less than this, and so do frames that are sent out of order.
    private const long Steered = TimeSpan.MicrosecondsPerSecond;

    private Track[] _tracks = new Track[2];

    /// <summary>In microseconds since 1970; <paramref name="stated"/> is 0 for none, <paramref name="at"/> monotonic.</summary>
    public long Judge(int track, long stated, long now, TimeSpan at)
    {
        if (track >= _tracks.Length)
            Array.Resize(ref _tracks, track + 2);

        ref var known = ref _tracks[track];
        var captured = stated == 0 ? now : stated + known.Correction;
        if (stated != 0 && known.Last != 0)
        {
            var elapsed = (at - known.At).Ticks / TimeSpan.TicksPerMicrosecond;
            var step = captured - known.Last;
            if (step < -Steered || step > elapsed + Steered)
            {
                // A clock that is stated only now may be another than the arrival's from the beginning.
                known.Jumped += known.WasStated ? step - elapsed : 0;
                known.Correction += elapsed - step;
                captured = known.Last + elapsed;
            }
        }

        (known.Last, known.At) = (captured, at);
        known.WasStated |= stated != 0;
        return captured;
    }

    /// <summary>Whether the times of a track are no longer those that its sender states.</summary>
    public bool IsOverruled(int track) => track < _tracks.Length && _tracks[track].Correction != 0;

    /// <summary>Whether a packet of a track has stated a time.</summary>
    public bool WasStated(int track) => track < _tracks.Length && _tracks[track].WasStated;

    /// <summary>By how many microseconds the sender's clock has jumped in all, by what a track states; as exact as packets arrive.</summary>
    public long JumpOf(int track) => track < _tracks.Length ? _tracks[track].Jumped : 0;

    private struct Track
    {
        public long Last { get; set; }
        public TimeSpan At { get; set; }
        public long Correction { get; set; }
        public long Jumped { get; set; }
        public bool WasStated { get; set; }
    }
}
