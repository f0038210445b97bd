using Recorder.Actors.Timing;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Options of all sources of a node. Settings of one source are part of its <see cref="SourceUri"/>.</summary>
public sealed record CaptureOptions
{
    /// <summary>Most media bytes under way to one subscriber before GOPs are left out for it. 32 MiB.</summary>
    public long SubscriberLimit { get; init; } = 32L << 20;

    /// <summary>Most media bytes kept of each source for later subscribers. 16 MiB.</summary>
    public long RingBytes { get; init; } = 16L << 20;

    /// <summary>Longest GOP kept for later subscribers if it does not exceed <see cref="RingBytes"/>. 10 min.</summary>
    public TimeSpan RingDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time after which a live source without a key frame fails for a new subscriber. 5 min.</summary>
    public TimeSpan KeyFrameWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a live source stays open without subscribers. 3 s.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Interval at which all sources of a node read paced files and send live packets. 100 ms.</summary>
    public TimeSpan Grid { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Wait before the second attempt to open a source; doubles with each attempt. 0.5 s.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest wait between attempts. 30 s.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most files and devices that are opened at the same time. 2.</summary>
    public int LocalOpens { get; init; } = 2;

    /// <summary>Most network sources that are opened at the same time. 8.</summary>
    public int NetworkOpens { get; init; } = 8;

    /// <summary>Media bytes read in one turn of a source's actor; one packet may exceed it. 2 MiB.</summary>
    public int ReadBytes { get; init; } = 2 << 20;

    /// <summary>Most tracks and pixels of a source; sources with more are refused. 32 tracks, 67,108,864 pixels.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>A PEM file of certificates that are trusted for sources of <c>https</c>, <c>rtsps</c> and <c>rtmps</c>, in
    /// addition to the system's. Read at the start. Null for none.</summary>
    public string? TrustedCertificates { get; init; }

    /// <summary>Decides which sources may be opened; null allows whatever this process's user may open.</summary>
    internal ISourcePolicy? Policy { get; init; }

    /// <summary>The streams sent to the node, which are the sources <c>push:NAME</c>.</summary>
    internal PushStreams Streams { get; } = new();

    /// <summary>Throws <see cref="ArgumentException"/> for an option out of its range or unreadable certificates.</summary>
    internal void Validate()
    {
        var (least, longest) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        OptionRules.RequireCount(Name(nameof(SubscriberLimit)), SubscriberLimit, 1);
        OptionRules.RequireCount(Name(nameof(RingBytes)), RingBytes, 0);
        OptionRules.RequireCount(Name(nameof(LocalOpens)), LocalOpens, 1);
        OptionRules.RequireCount(Name(nameof(NetworkOpens)), NetworkOpens, 1);
        OptionRules.RequireCount(Name(nameof(ReadBytes)), ReadBytes, 1);
        ArgumentNullException.ThrowIfNull(Limits);
        OptionRules.RequireCount(Name($"{nameof(Limits)}.{nameof(Limits.Tracks)}"), Limits.Tracks, 1);
        OptionRules.RequireCount(Name($"{nameof(Limits)}.{nameof(Limits.Pixels)}"), Limits.Pixels, 1);
        OptionRules.RequireTime(Name(nameof(RingDuration)), RingDuration, TimeSpan.Zero, longest);
        OptionRules.RequireTime(Name(nameof(KeyFrameWait)), KeyFrameWait, least, longest);
        OptionRules.RequireTime(Name(nameof(Linger)), Linger, TimeSpan.Zero, longest);
        OptionRules.RequireTime(Name(nameof(Grid)), Grid, least, TimeSpan.FromSeconds(1));
        OptionRules.RequireTime(Name(nameof(FirstRetry)), FirstRetry, least, longest);
        OptionRules.RequireTime(Name(nameof(LongestRetry)), LongestRetry, least, longest);

        try
        {
            SourceTls.Load(TrustedCertificates);
        }
        catch (FormatException unreadable)
        {
            throw new ArgumentException(unreadable.Message, unreadable);
        }

        static string Name(string option) => $"Capture.{option}";
    }
}
