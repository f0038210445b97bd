namespace Recorder.Actors.Recording;

/// <summary>
/// Closes when more bytes wait for the disk than the limit and opens again at half the limit, so that a slow disk costs whole GOPs instead
/// of memory.
/// </summary>
internal sealed class DropGate(long limit)
{
    private bool _closed;

    /// <summary>Updates the gate with the bytes that wait for the disk.</summary>
    /// <returns>Whether packets must be left out now.</returns>
    public bool Update(long backlog) => _closed = backlog > (_closed ? limit / 2 : limit);
}
