namespace Recorder.Actors.Retention;

/// <summary>When what is recorded goes, beside what each recorder says of itself.</summary>
internal sealed record RetentionOptions
{
    /// <summary>How often is looked. 1 min; at once when a volume is full.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that are to stay free on the volume; null is 1 GiB, or 5 % of a volume smaller than 20 GiB.</summary>
    public long? MinimumFree { get; init; }

    /// <summary>Free and total bytes of the volume that a folder is on.</summary>
    public Func<string, (long Free, long Total)> Space { get; init; } = static folder =>
    {
        var drive = new DriveInfo(folder);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    };

    /// <summary>
    /// Bytes on the volume that come back by themselves, such as files being exported: nothing recorded goes because of them. None unless set.
    /// </summary>
    public Func<long> TemporaryBytes { get; init; } = static () => 0;

    /// <summary>What is to stay free on a volume of this size.</summary>
    public long MinimumFreeOf(long total) => MinimumFree ?? Math.Min(1L << 30, total / 20);
}
