namespace Recorder.Actors.Recording;

/// <summary>
/// Closes when more waits for the disk than may, and opens again at half of that: whole groups of pictures are left out rather than
/// memory filled. Counts what it cost.
/// </summary>
internal sealed class DropGate(long limit)
{
    private DateTimeOffset _closedAt;

    public bool IsClosed { get; private set; }

    /// <summary>Packets left out since it closed.</summary>
    public long Packets { get; private set; }

    /// <summary>When it closed.</summary>
    public DateTimeOffset Since => _closedAt;

    /// <summary>Whether packets must be left out now.</summary>
    /// <param name="backlog">Bytes that wait for the disk.</param>
    /// <param name="now">Wall clock.</param>
    /// <returns>True when it has just opened.</returns>
    public bool Update(long backlog, DateTimeOffset now)
    {
        if (!IsClosed && backlog > limit)
        {
            (IsClosed, Packets, _closedAt) = (true, 0, now);
        }
        else if (IsClosed && backlog <= limit / 2)
        {
            IsClosed = false;
            return true;
        }

        return false;
    }

    public void Count() => Packets++;
}
