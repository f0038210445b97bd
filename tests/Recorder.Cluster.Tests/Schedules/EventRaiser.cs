using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>
/// Numbers the events that a holder raises. The first one names the last event of the holder before, so it waits until that holder has said which it
/// is, or cannot be waited for any longer.
/// </summary>
/// <param name="tenure">The holder's tenure.</param>
/// <param name="begunAt">The steady clock when the tenure was confirmed.</param>
internal sealed class EventRaiser(Tenure tenure, TimeSpan begunAt)
{
    /// <summary>How long the first event waits for the holder before.</summary>
    public static readonly TimeSpan WaitForPredecessor = TimeSpan.FromSeconds(2);

    private readonly Queue<(string Content, EventRange? Late)> _waiting = new();

    /// <summary>The number of the last event raised.</summary>
    public long Last { get; private set; }

    public Tenure Tenure => tenure;

    public void Raise(string content, EventRange? late = null) => _waiting.Enqueue((content, late));

    /// <summary>Takes the next event that may be told, and adds it to the history.</summary>
    /// <param name="history">The recorder's events that this node knows.</param>
    /// <param name="find">What is known of a tenure.</param>
    /// <param name="mayWait">Whether the holder before can still say which its last event is, and there is time to wait.</param>
    /// <param name="now">The steady clock.</param>
    public OrderedEvent? TakeNext(EventHistory history, Func<Tenure, TenureReport?> find, bool mayWait, TimeSpan now)
    {
        if (_waiting.Count == 0)
            return null;

        var after = Last == 0 ? history.LastBefore(tenure) : null;
        var isCertain = after is not { } before || find(before.Tenure)?.LastEvent == before.Number;
        if (!isCertain && mayWait && now - begunAt < WaitForPredecessor)
            return null;

        var (content, late) = _waiting.Dequeue();
        var raised = new OrderedEvent(new EventNumber(tenure, ++Last), content, after, isCertain, late);
        history.Add(raised);
        return raised;
    }
}
