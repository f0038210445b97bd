namespace Recorder.Cluster.Tests.Schedules;

/// <summary>Virtual time: what is due happens in order, and at the same moment in the order in which it was planned.</summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _planned = new();
    private long _order;

    public TimeSpan Now { get; private set; }

    public void After(TimeSpan delay, Action action) => _planned.Enqueue(action, (Now + delay, _order++));

    public void RunUntil(TimeSpan end)
    {
        while (_planned.TryPeek(out _, out var next) && next.At <= end)
        {
            var action = _planned.Dequeue();
            Now = next.At;
            action();
        }

        Now = end;
    }
}
