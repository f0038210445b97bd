namespace Recorder.Cluster.Tests.Harness;

/// <summary>What holds for the events that any reader gets.</summary>
internal static class Order
{
    // Beyond it a recorder's next node begins when its last one died.
    private const long NumbersOfATenure = 1_000_000;

    /// <summary>An event's number: its tenure, and its number within that.</summary>
    public static (long Term, string Node, string Start, long Sequence) NumberOf(ReadEvent raised)
    {
        var tenure = raised.Event.Json.GetProperty("tenure");
        return (tenure.GetProperty("term").GetInt64(), tenure.GetProperty("node").GetString()!, tenure.GetProperty("start").GetString()!, raised.Event.Sequence);
    }

    /// <summary>Each recorder's events rise, none twice; they miss one only where the node died.</summary>
    public static void Holds(IEnumerable<ReadEvent> events, bool mayMiss = false, bool mayBegin = false)
    {
        foreach (var recorder in events.GroupBy(e => e.Event.Recorder))
        {
            // Who comes later begins with what comes.
            // Whose first node lost it before it had said anything begins where its next one does.
            var begins = recorder.First().Event.Sequence;
            var last = mayBegin || begins % NumbersOfATenure == 1 ? begins - 1 : 0L;
            foreach (var raised in recorder)
            {
                var sequence = raised.Event.Sequence;
                var isNext = sequence == last + 1 || (mayMiss && sequence % NumbersOfATenure == 1 && sequence > last);
                isNext.ShouldBeTrue($"{recorder.Key}: {sequence} came behind {last}: {raised.Event.Line}");
                last = sequence;
            }
        }
    }
}
