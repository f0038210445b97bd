using Recorder.Cluster.Events;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests.Index;

/// <summary>Journals of three nodes between which recorders are handed over, taken over from the dead, and held on both sides of partitions.</summary>
internal sealed class RandomHistory : IAsyncDisposable
{
    private const long NumbersOfATenure = 1_000_000;

    private readonly IReadOnlyList<IndexedNode> _nodes;
    private readonly Random _random;
    private readonly Dictionary<string, List<IEvent>> _expected = [];
    private readonly HashSet<(string, EventNumber)> _late = [];
    private readonly Dictionary<(string, int), long> _raised = [];
    private DateTimeOffset _now = CamEvents.T0;

    private RandomHistory(IReadOnlyList<IndexedNode> nodes, Random random) => (_nodes, _random) = (nodes, random);

    /// <summary>Each recorder's events that count, in order.</summary>
    public IReadOnlyDictionary<string, List<IEvent>> Expected => _expected;

    public static async Task<RandomHistory> WriteAsync(TestFolder folder, Random random)
    {
        List<IndexedNode> nodes = [];
        foreach (var name in (string[])["n1", "n2", "n3"])
            nodes.Add(await IndexedNode.OpenAsync(name, folder.File(name)));

        var history = new RandomHistory(nodes, random);
        List<Holding> recorders = [.. Enumerable.Range(0, 3).Select(number => history.Begin($"r{number}"))];
        for (var step = 0; step < 40; step++)
            await history.StepAsync(recorders[random.Next(recorders.Count)]);

        return history;
    }

    /// <summary>Follows all journals into an index, a few entries at a time, in any order.</summary>
    public async Task FeedAsync(ClusterIndex index, Random random)
    {
        foreach (var node in _nodes)
            await index.CopyAsync(node.Name, new FromTheBeginning(node.Journal), default);

        List<IndexedNode> left = [.. _nodes];
        while (left.Count > 0)
        {
            var node = left[random.Next(left.Count)];
            var position = await index.PositionAsync(node.Name, default);
            if (position == node.Journal.Position)
            {
                left.Remove(node);
                continue;
            }

            var answer = await node.Journal.ReadAsync(position, random.Next(1, 20), default);
            (await index.ApplyAsync(node.Name, position!.Value, answer, default)).ShouldBeTrue();
        }
    }

    /// <summary>Those who subscribed are told rising numbers, each once, and whatever counts unless it is below what they were told.</summary>
    public void CheckLive(IReadOnlyList<ToldItem> told)
    {
        foreach (var (recorder, expected) in _expected)
        {
            var numbers = told.Select(one => one.Event!).Where(raised => raised.Recorder.Value == recorder).Select(raised => raised.Number).ToList();
            numbers.Zip(numbers.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
            var counted = expected.Select(EventNumbers.NumberOf).ToList();
            numbers.Except(counted).Where(number => !_late.Contains((recorder, number))).ShouldBeEmpty();
            var late = numbers.Except(counted).ToList();
            counted.Except(numbers).ShouldAllBe(missed => late.Any(number => missed < number));
            numbers[^1].ShouldBe(counted[^1]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private Holding Begin(string recorder)
    {
        _expected[recorder] = [];
        return new Holding(recorder, _random.Next(3), 1, 0, null, null);
    }

    private async Task StepAsync(Holding held)
    {
        switch (_random.Next(4))
        {
            case 0:
                // Handed over: numbers go on, and the holder said which its last event was.
                held.Move((held.Node + _random.Next(1, 3)) % 3, held.Term + 1, held.Last, Last(held, certain: true));
                break;
            case 1:
                // Taken over, while the holder goes on for a while: it is dead and told nobody, or on the other side of a partition.
                var (from, counted) = (held.Copy(), Last(held, certain: false));
                held.Move((held.Node + _random.Next(1, 3)) % 3, held.Term + 1, (held.Term + 1) * NumbersOfATenure, counted);
                await RaiseAsync(held, _random.Next(1, 4), counts: true);
                await RaiseAsync(from, _random.Next(5), counts: false);
                break;
            case 2 when held.Before is null || held.HasBegun:
                // Both others take it over under the same term and with the same numbers; of them, the higher goes on.
                await TakeTwiceAsync(held);
                break;
            default:
                break;
        }

        await RaiseAsync(held, _random.Next(1, 6), counts: true);
    }

    private async Task TakeTwiceAsync(Holding held)
    {
        var (one, other) = (held.Copy(), held.Copy());
        var before = Last(held, certain: false);
        int[] nodes = [.. Enumerable.Range(0, 3).Where(node => node != held.Node)];
        one.Move(nodes[0], held.Term + 1, (held.Term + 1) * NumbersOfATenure, before);
        other.Move(nodes[1], held.Term + 1, (held.Term + 1) * NumbersOfATenure, before);
        await RaiseAsync(one, _random.Next(1, 5), counts: false);
        await RaiseAsync(other, _random.Next(1, 5), counts: true);
        held.Become(other);
    }

    private EventBefore? Last(Holding held, bool certain) => _expected[held.Recorder] is [.., var last]
        ? new EventBefore(((RaisedEvent)last).Tenure, last.Sequence, certain)
        : null;

    private async Task RaiseAsync(Holding held, int count, bool counts)
    {
        for (var number = 0; number < count; number++)
        {
            // Clocks of nodes differ.
            _now = _now.AddMilliseconds(_random.Next(-200, 400));
            // A node that has raised more already goes on above that.
            held.Last = Math.Max(held.Last, _raised.GetValueOrDefault((held.Recorder, held.Node))) + 1;
            _raised[(held.Recorder, held.Node)] = held.Last;
            var raised = new Paused(new RecorderId(held.Recorder), held.Last, _now)
            {
                Tenure = new EventTenure(held.Term, $"n{held.Node + 1}", $"00000000000000a{held.Node}"),
                Before = held.HasBegun ? null : held.Before,
            };
            held.HasBegun = true;
            await _nodes[held.Node].RaiseAsync(raised);
            if (counts)
                _expected[held.Recorder].Add(raised);
            else
                _late.Add((held.Recorder, EventNumbers.NumberOf(raised)));
        }
    }

    private sealed class Holding(string recorder, int node, long term, long last, EventBefore? before, bool? hasBegun)
    {
        public string Recorder => recorder;

        public int Node { get; private set; } = node;

        public long Term { get; private set; } = term;

        public long Last { get; set; } = last;

        public EventBefore? Before { get; private set; } = before;

        public bool HasBegun { get; set; } = hasBegun ?? false;

        public Holding Copy() => new(recorder, Node, Term, Last, Before, HasBegun);

        public void Move(int node, long term, long last, EventBefore? before) =>
            (Node, Term, Last, Before, HasBegun) = (node, term, last, before, false);

        public void Become(Holding other) =>
            (Node, Term, Last, Before, HasBegun) = (other.Node, other.Term, other.Last, other.Before, other.HasBegun);
    }
}

/// <summary>A journal whose snapshot is its beginning: everything in it is read as events.</summary>
internal sealed class FromTheBeginning(OwnJournal journal) : IJournalSource
{
    public Task<JournalAnswer> ReadAsync(IndexPosition? position, int limit, CancellationToken cancellationToken) =>
        journal.ReadAsync(position, limit, cancellationToken);

    public Task<JournalAnswer?> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) =>
        journal.ReadEventsAsync(after, limit, cancellationToken);

    public Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken) =>
        journal.ReadCopyAsync(node, position, limit, cancellationToken);

    public Task<SnapshotEnd> CopyAsync(Func<Actors.Catalogue.Sql.CatalogueCopy, Task> take, CancellationToken cancellationToken) =>
        Task.FromResult(new SnapshotEnd(
            journal.Position with { Journal = journal.Position.Journal with { Number = 0 }, Change = 0 }, new Dictionary<RecorderId, long>(), []));
}
