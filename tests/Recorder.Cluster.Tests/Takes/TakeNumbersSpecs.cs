using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Takes;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Takes;

/// <summary>Numbers of takes, which no two nodes give twice, whoever reaches whom.</summary>
public class TakeNumbersSpecs
{
    private static readonly int Schedules = Length.Of("RECORDER_TAKE_SCHEDULES", 100);

    [Theory]
    [InlineData(0, "a", 1)]
    [InlineData(3, "a", 4)]
    [InlineData(10, "a", 31)]
    [InlineData(0, "b", 11)]
    [InlineData(14, "b", 15)]
    [InlineData(20, "b", 41)]
    [InlineData(27, "c", 28)]
    public void A_node_apart_uses_the_next_number_of_its_own_blocks(int above, string node, int expected) =>
        TakeNumbers.NextApart(above, ["a", "b", "c"], node).ShouldBe(expected);

    [Fact]
    public async Task Nodes_that_reach_each_other_number_without_a_hole()
    {
        var world = new Nodes(["a", "b", "c"]);
        var numbers = new List<int>();
        for (var n = 0; n < 12; n++)
            numbers.Add(await world.ReserveAsync("abc"[n % 3].ToString()));

        numbers.ShouldBe(Enumerable.Range(1, 12));
    }

    [Fact]
    public async Task No_number_is_used_twice_in_any_schedule_of_partitions_silence_and_takes_at_the_same_time()
    {
        for (var seed = 0; seed < Schedules; seed++)
        {
            var random = new Random(seed);
            string[] names = [.. Enumerable.Range(0, random.Next(1, 6)).Select(n => $"n{n}")];
            var world = new Nodes(names);
            var used = new List<(string Node, int Number)>();
            for (var step = 0; step < 25; step++)
            {
                if (random.Next(3) == 0)
                    world.Divide(random);

                world.Loses = random.Next(4) == 0 ? random.NextDouble() : 0;
                var asking = names.Where(_ => random.Next(2) == 0).ToList();
                var given = await Task.WhenAll(asking.Select(async node => (node, await world.ReserveAsync(node))));
                // A node's own numbers rise.
                foreach (var (node, number) in given)
                    used.Where(it => it.Node == node).ShouldAllBe(it => it.Number < number, $"seed {seed}");

                used.AddRange(given);
            }

            used.Select(it => it.Number).Distinct().Count().ShouldBe(used.Count, $"seed {seed}: {string.Join(' ', used.OrderBy(it => it.Number))}");
        }
    }

    // Nodes in one process, of which those of one side reach each other; an answer may be lost when the number was reserved already.
    private sealed class Nodes : ITakePeers
    {
        private readonly Dictionary<string, int> _highest = [];
        private readonly Dictionary<string, int> _side = [];
        private readonly Dictionary<string, ClusterTakes> _takes = [];
        private readonly Random _random = new(1);

        public Nodes(string[] names)
        {
            foreach (var name in names)
            {
                (_highest[name], _side[name]) = (0, 0);
                _takes[name] = new ClusterTakes(name, () => [.. names.Select(other => new ClusterMember(Cards.Of(other), _side[other] == _side[name], true))], new From(this, name), NullLogger.Instance, TimeProvider.System) { Contention = TimeSpan.Zero };
            }
        }

        public double Loses { get; set; }

        public void Divide(Random random)
        {
            var sides = random.Next(1, 4);
            foreach (var name in _side.Keys)
                _side[name] = random.Next(sides);
        }

        public Task<int> ReserveAsync(string node) => _takes[node].ReserveAsync("scene", number => Task.FromResult(Grant(node, number)));

        public Task<int> ReserveAsync(ClusterMember node, string scene, int number, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Take?> TellAsync(ClusterMember node, Take take, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<TakeHead>> ListAsync(ClusterMember node, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Take?> ReadAsync(ClusterMember node, TakeId take, CancellationToken cancellationToken) => throw new NotSupportedException();

        private int Grant(string node, int number)
        {
            lock (_highest)
            {
                var before = _highest[node];
                _highest[node] = Math.Max(before, number);
                return before;
            }
        }

        private async Task<int> AskAsync(string from, string to, int number)
        {
            double chance;
            lock (_random)
                chance = _random.NextDouble();

            if (chance < Loses / 2 || _side[from] != _side[to])
                throw new CatalogueUnavailableException("lost on the way there");

            await Task.Yield();
            var granted = Grant(to, number);
            await Task.Yield();
            return chance < Loses ? throw new CatalogueUnavailableException("lost on the way back") : granted;
        }

        private sealed class From(Nodes nodes, string node) : ITakePeers
        {
            public Task<int> ReserveAsync(ClusterMember other, string scene, int number, CancellationToken cancellationToken) => nodes.AskAsync(node, other.Name, number);

            public Task<Take?> TellAsync(ClusterMember other, Take take, CancellationToken cancellationToken) => nodes.TellAsync(other, take, cancellationToken);

            public Task<IReadOnlyList<TakeHead>> ListAsync(ClusterMember other, CancellationToken cancellationToken) => nodes.ListAsync(other, cancellationToken);

            public Task<Take?> ReadAsync(ClusterMember other, TakeId take, CancellationToken cancellationToken) => nodes.ReadAsync(other, take, cancellationToken);
        }
    }
}
