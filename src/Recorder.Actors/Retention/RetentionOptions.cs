namespace Recorder.Actors.Retention;

/// <summary>When recordings are deleted, besides the retention policy of each recorder.</summary>
internal sealed record RetentionOptions
{
    /// <summary>The interval of sweeps. 1 min; a full volume starts one at once.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes to keep free on the volume; null is 1 GiB, or 5 % of a volume smaller than 20 GiB.</summary>
    public long? MinimumFree { get; init; }

    /// <summary>Free and total bytes of the volume that a folder is on.</summary>
    public Func<string, (long Free, long Total)> Space { get; init; } = static folder =>
    {
        var drive = new DriveInfo(folder);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    };

    /// <summary>
    /// Bytes on the volume that become free by themselves, such as files being exported: no recording is deleted because of them.
    /// None unless set.
    /// </summary>
    public Func<long> TemporaryBytes { get; init; } = static () => 0;

    /// <summary>Gets the bytes to keep free on a volume of this size.</summary>
    public long MinimumFreeOf(long total) => MinimumFree ?? Math.Min(1L << 30, total / 20);
}
