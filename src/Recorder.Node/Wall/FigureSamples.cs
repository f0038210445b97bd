namespace Recorder.Node.Wall;

/// <summary>Makes a bit rate and the drops of the last minute of a recorder's counters. Reads no clock.</summary>
internal sealed class FigureSamples
{
    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Queue<(DateTimeOffset At, long Bytes)> _bytes = new();
    private readonly Queue<(DateTimeOffset At, long Packets)> _drops = new();
    private (DateTimeOffset At, RecordingId Recording, long Bytes, long Lost)? _last;

    /// <summary>Bytes per second over the last seconds; 0 while nothing is recorded.</summary>
    public long BytesPerSecond { get; private set; }

    public long DropsLastMinute { get; private set; }

    /// <param name="recording">The recording under way; null for none.</param>
    public void Add(DateTimeOffset now, RecordingId? recording, long bytes, long lost)
    {
        if (_last is { } before && now <= before.At)
        {
            if (now == before.At)
                return;

            // The clock was set back: what was counted by it is not comparable any more.
            _bytes.Clear();
            _drops.Clear();
            _last = null;
        }

        if (recording is not { } current || _last?.Recording != current || bytes < _last?.Bytes)
            _bytes.Clear();

        if (recording is { } known)
        {
            var more = _last is { } last && last.Recording == known ? lost - last.Lost : lost;
            // What was lost before anybody counted may have been lost hours ago.
            if (more > 0 && _last is { } counted && now - counted.At <= Minute)
                _drops.Enqueue((now, more));

            _bytes.Enqueue((now, bytes));
            _last = (now, known, bytes, lost);
        }
        else
        {
            _last = (now, default, 0, 0);
        }

        Measure(now);
    }

    private void Measure(DateTimeOffset now)
    {
        while (_bytes.Count > 2 && now - _bytes.Peek().At > RateOver)
            _bytes.Dequeue();

        while (_drops.TryPeek(out var drop) && now - drop.At > Minute)
            _drops.Dequeue();

        BytesPerSecond = _bytes.Count < 2 ? 0 : (long)((_last!.Value.Bytes - _bytes.Peek().Bytes) / (now - _bytes.Peek().At).TotalSeconds);
        DropsLastMinute = _drops.Sum(drop => drop.Packets);
    }
}
