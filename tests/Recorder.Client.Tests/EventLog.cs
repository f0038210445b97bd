using System.Diagnostics;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Client.Tests;

/// <summary>Events that a reader got.</summary>
public sealed class EventLog
{
    private readonly List<RecorderProtocol.IEvent> _events = [];

    public IReadOnlyList<RecorderProtocol.IEvent> Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    public void Add(RecorderProtocol.IEvent raised)
    {
        lock (_events)
            _events.Add(raised);
    }

    /// <summary>Reads until cancelled.</summary>
    public async Task ReadAsync(IAsyncEnumerable<EventStreamItem> items, Action<EventStreamItem>? each = null)
    {
        try
        {
            await foreach (var item in items)
            {
                each?.Invoke(item);
                if (item is EventReceived { Event: var raised })
                    Add(raised);
            }
        }
        catch (OperationCanceledException)
        {
            // The spec has what it wants.
        }
    }

    public async Task UntilAsync(string what, Func<IReadOnlyList<RecorderProtocol.IEvent>, bool> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!holds(Events))
        {
            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, $"Waited in vain until {what}; the last events:\n{string.Join('\n', Events.TakeLast(20))}");
            await Task.Delay(20);
        }
    }

    public IReadOnlyList<long> NumbersOf(string recorder) => [.. Events.Where(raised => raised.Recorder.Value == recorder).Select(raised => raised.Sequence)];

    /// <summary>Each recorder's events are numbered consecutively: none is missing, none came twice, none out of order.</summary>
    public void ShouldBeConsecutive()
    {
        foreach (var recorder in Events.GroupBy(raised => raised.Recorder))
        {
            var numbers = recorder.Select(raised => raised.Sequence).ToList();
            numbers.ShouldBe(Enumerable.Range(0, numbers.Count).Select(at => numbers[0] + at), $"of {recorder.Key}");
        }
    }

    /// <summary>Each recorder's events rise: in a cluster a new owner's numbers begin further up.</summary>
    public void ShouldRise()
    {
        foreach (var recorder in Events.GroupBy(raised => raised.Recorder))
        {
            var numbers = recorder.Select(raised => raised.Sequence).ToList();
            numbers.Zip(numbers.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second, $"of {recorder.Key}");
        }
    }
}
