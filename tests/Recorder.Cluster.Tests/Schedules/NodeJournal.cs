using Recorder.Cluster.Journals;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>What a follower gets: the entries after its position, or everything that matters if its position is not known here.</summary>
/// <param name="Starts">The runs of the node's process, oldest first.</param>
/// <param name="Last">The number of the last entry sent, or the one that a snapshot includes.</param>
/// <param name="Entries">In order, without a hole; of a snapshot, its facts.</param>
/// <param name="IsSnapshot">Whether the follower's position was not known.</param>
internal sealed record JournalPage<T>(IReadOnlyList<JournalStart> Starts, long Last, IReadOnlyList<T> Entries, bool IsSnapshot);

/// <summary>
/// A node's journal, at the node itself or as another node has it. Followers continue from a <see cref="JournalPosition"/>. A node whose folder was
/// restored writes numbers again that others have seen with other content: its runs tell them apart, and the follower gets a snapshot.
/// </summary>
/// <param name="capacity">How many entries are kept.</param>
internal sealed class NodeJournal<T>(int capacity)
{
    private readonly List<JournalStart> _starts = [];
    private readonly Queue<T> _entries = new();

    public long Last { get; private set; }

    public IReadOnlyList<JournalStart> Starts => _starts;

    /// <summary>Where a follower that has all of this journal continues; null while it is empty.</summary>
    public JournalPosition? Position => _starts.Count > 0 ? new JournalPosition(_starts[^1].Start, Last) : null;

    /// <summary>The entries that are kept, by their numbers.</summary>
    public IEnumerable<(long Number, T Entry)> Kept => _entries.Select((entry, index) => (FirstKept + index, entry));

    private long FirstKept => Last - _entries.Count + 1;

    /// <summary>Begins another run of the process that writes the journal.</summary>
    public void Begin(StartId start) => _starts.Add(new JournalStart(start, Last + 1));

    public void Append(T entry)
    {
        Last++;
        Keep(entry);
    }

    /// <summary>Reads what a follower at a position has not seen.</summary>
    /// <param name="position">Null for a follower that has nothing.</param>
    /// <param name="most">How many entries the page may have.</param>
    /// <param name="snapshot">Everything that matters of this node, for a follower that cannot continue.</param>
    public JournalPage<T> Read(JournalPosition? position, int most, Func<IReadOnlyList<T>> snapshot)
    {
        if (position is not { } at || !Contains(at))
            return new JournalPage<T>([.. _starts], Last, snapshot(), IsSnapshot: true);

        T[] entries = [.. _entries.Skip((int)(at.Number + 1 - FirstKept)).Take(most)];
        return new JournalPage<T>([.. _starts], at.Number + entries.Length, entries, IsSnapshot: false);
    }

    /// <summary>Takes a page that was read from another copy of this journal.</summary>
    /// <param name="position">The position with which the page was asked for.</param>
    /// <returns>False when this copy has moved on since, and the page is dropped.</returns>
    public bool Take(JournalPosition? position, JournalPage<T> page)
    {
        if (position != Position)
            return false;

        _starts.Clear();
        _starts.AddRange(page.Starts.Where(start => start.First <= page.Last + 1));
        Last = page.Last;
        if (page.IsSnapshot)
            _entries.Clear();
        else
            Array.ForEach([.. page.Entries], Keep);

        return true;
    }

    /// <summary>Whether this copy continues from a position: it knows the run, and has the entries after the number.</summary>
    public bool Contains(JournalPosition position)
    {
        var index = _starts.FindIndex(start => start.Start == position.Start);
        if (index < 0)
            return false;

        var end = index + 1 < _starts.Count ? _starts[index + 1].First - 1 : Last;
        return position.Number >= _starts[index].First - 1 && position.Number <= end && position.Number >= FirstKept - 1;
    }

    /// <summary>Becomes the same as another copy.</summary>
    public void CopyFrom(NodeJournal<T> other)
    {
        _starts.Clear();
        _starts.AddRange(other._starts);
        _entries.Clear();
        foreach (var entry in other._entries)
            _entries.Enqueue(entry);

        Last = other.Last;
    }

    private void Keep(T entry)
    {
        _entries.Enqueue(entry);
        if (_entries.Count > capacity)
            _entries.Dequeue();
    }
}
