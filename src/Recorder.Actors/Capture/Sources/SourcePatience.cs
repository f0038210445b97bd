namespace Recorder.Actors.Capture;

/// <summary>
/// How long a live source may send nothing before it counts as lost. What the user says holds. Where nothing is said, 5 s suit nearly every
/// source; one that is slow by nature gets more: by the frame rate that it states, by the pace that it keeps, and once it was taken for lost
/// and was there again. Reads no clock.
/// </summary>
/// <param name="stated">What the source's text says; null for nothing.</param>
internal sealed class SourcePatience(TimeSpan? stated)
{
    /// <summary>Where nothing says otherwise.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    /// <summary>However slow a source is, and whatever else it sends: without media for so long it is lost.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // Of pictures at a pace that nobody has stated or seen yet.
    private static readonly TimeSpan AtFirst = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SlowPace = TimeSpan.FromSeconds(1);
    private const int ArrivalsOfAPace = 3;

    // A picture may be late by as much again, and half of that.
    private const double PicturesMissed = 2.5;

    private TimeSpan _learned = Usual;
    private TimeSpan _longestStep;
    private TimeSpan _lastArrival;
    private TimeSpan _steadySince;
    private int _arrivals;

    // An encoder that stood still while its camera goes on to report is lost, if it was quick before.
    private bool IsSlow => _arrivals <= ArrivalsOfAPace || _longestStep > SlowPace;

    /// <summary>A connection begins.</summary>
    public void Opened() => (_arrivals, _longestStep) = (0, TimeSpan.Zero);

    /// <summary>Packets came.</summary>
    public void Arrived(TimeSpan now)
    {
        var step = now - _lastArrival;
        if (_arrivals++ == 0 || step > SlowPace)
        {
            _steadySince = now;
        }

        if (_arrivals > 1 && step > _longestStep)
        {
            _longestStep = step;
        }

        if (now - _steadySince > Longest)
        {
            _learned = Usual;
        }

        _lastArrival = now;
    }

    /// <summary>It was lost because it sent nothing. If it is there again it may only be slow.</summary>
    public void WasSilent() => _learned = Least(_learned * 2, Longest);

    /// <summary>How long nothing at all may come.</summary>
    /// <param name="tracks">The source's.</param>
    public TimeSpan For(IReadOnlyList<SourceTrack> tracks)
    {
        if (stated is { } time)
        {
            return time;
        }

        var hasSound = tracks.Any(track => track.Description.SampleRate > 0);
        var rate = hasSound ? 0 : tracks.Select(track => track.Description.FrameRate).DefaultIfEmpty(0).Max();
        var byRate = rate > 0 ? TimeSpan.FromSeconds(Math.Min(PicturesMissed / rate, Longest.TotalSeconds))
            : hasSound || _arrivals > ArrivalsOfAPace ? Usual
            : AtFirst;
        return Least(Most(Most(_learned, byRate), _longestStep * PicturesMissed), Longest);
    }

    /// <summary>How long it may still go on before it is lost; zero or less: it is.</summary>
    /// <param name="tracks">The source's.</param>
    /// <param name="withoutMedia">For how long no packet came.</param>
    /// <param name="withoutBytes">For how long nothing came at all, reports and answers included; null where nobody knows.</param>
    public TimeSpan Left(IReadOnlyList<SourceTrack> tracks, TimeSpan withoutMedia, TimeSpan? withoutBytes)
    {
        var allowed = For(tracks);
        return stated is null && IsSlow && withoutBytes is { } quiet && quiet < withoutMedia
            // The session is alive: what it does not have is a picture.
            ? Least(allowed - quiet, Longest - withoutMedia)
            : allowed - withoutMedia;
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Most(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
