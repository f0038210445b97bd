namespace Recorder.Actors.Capture;

/// <summary>How long a live source may send nothing before it counts as lost: as stated, else usually 5 s. A slow source gets
/// more because of its stated frame rate, the pace of its packets, or because it came back after it was taken for lost. Reads no
/// clock.</summary>
internal sealed class SourcePatience(TimeSpan? stated)
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // The time for video whose frame rate is not stated and not measured yet.
    private static readonly TimeSpan UnknownPace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SlowPace = TimeSpan.FromSeconds(1);
    private const int ArrivalsToKnowPace = 3;

    // A source is lost when this many frames are missing.
    private const double MostMissingFrames = 2.5;

    private TimeSpan _learned = Usual;
    private TimeSpan _longestStep;
    private TimeSpan _lastArrival;
    private TimeSpan _steadySince;
    private int _arrivals;

    // Only a slow source gets time while its session is alive: a quick encoder that stopped is lost, although its camera answers.
    private bool IsSlow => _arrivals <= ArrivalsToKnowPace || _longestStep > SlowPace;

    public void Opened() => (_arrivals, _longestStep) = (0, TimeSpan.Zero);

    public void Arrived(TimeSpan now)
    {
        var step = now - _lastArrival;
        if (_arrivals++ == 0 || step > SlowPace)
            _steadySince = now;

        if (_arrivals > 1 && step > _longestStep)
            _longestStep = step;

        if (now - _steadySince > Longest)
            _learned = Usual;

        _lastArrival = now;
    }

    /// <summary>If the source comes back, it may only be slow and gets more time.</summary>
    public void WasSilent() => _learned = Least(_learned * 2, Longest);

    public TimeSpan For(IReadOnlyList<SourceTrack> tracks)
    {
        if (stated is { } time)
            return time;

        var hasSound = tracks.Any(track => track.Description.SampleRate > 0);
        var rate = hasSound ? 0 : tracks.Select(track => track.Description.FrameRate).DefaultIfEmpty(0).Max();
        var byRate = rate > 0 ? TimeSpan.FromSeconds(Math.Min(MostMissingFrames / rate, Longest.TotalSeconds))
            : hasSound || _arrivals > ArrivalsToKnowPace ? Usual
            : UnknownPace;
        return Least(Most(Most(_learned, byRate), _longestStep * MostMissingFrames), Longest);
    }

    /// <summary>Zero or less if the source is lost. <paramref name="withoutBytes"/> counts reports and replies, too.</summary>
    public TimeSpan Left(IReadOnlyList<SourceTrack> tracks, TimeSpan withoutMedia, TimeSpan? withoutBytes)
    {
        var allowed = For(tracks);
        return stated is null && IsSlow && withoutBytes is { } quiet && quiet < withoutMedia
            // The session is alive and only lacks a frame.
            ? Least(allowed - quiet, Longest - withoutMedia)
            : allowed - withoutMedia;
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
    private static TimeSpan Most(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
