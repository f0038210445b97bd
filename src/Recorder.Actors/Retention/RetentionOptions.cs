namespace Recorder.Actors.Retention;

/// <summary>When recordings are deleted, besides the retention policy of each recorder.</summary>
internal sealed record RetentionOptions
{
    /// <summary>The interval of sweeps. 1 min; a full volume starts one at once.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes to keep free on the volume; null is 1 GiB, or 5 % of a volume smaller than 20 GiB.</summary>
    public long? MinimumFree { get; init; }

    public Func<string, (long Free, long Total)> Space { get; init; } = static folder =>
    {
        var drive = new DriveInfo(folder);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    };

    /// <summary>Bytes that become free by themselves, such as of exports: nothing is deleted because of them.</summary>
    public Func<long> TemporaryBytes { get; init; } = static () => 0;

    public long MinimumFreeOf(long total) => MinimumFree ?? Math.Min(1L << 30, total / 20);
}
