namespace Recorder.Actors.Recording;

/// <summary>
/// Closes when more waits for the disk than may, and opens again at half of that: whole groups of pictures are left out rather than
/// memory filled.
/// </summary>
internal sealed class DropGate(long limit)
{
    private bool _closed;

    /// <summary>Whether packets must be left out now.</summary>
    /// <param name="backlog">Bytes that wait for the disk.</param>
    public bool IsClosed(long backlog) => _closed = backlog > (_closed ? limit / 2 : limit);
}
