using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Actors.Secrets;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Simulation;

/// <summary>The model that the protocol is simulated on does what the database does: the same random calls have the same answers.</summary>
public class StoreModelSpecs(ITestOutputHelper log)
{
    private const int Calls = 600;

    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task The_model_answers_as_the_database_does()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = new PostgresDatabase(server.Connection);
        database.Migrate();
        // A database that began to serve just now takes nothing from anybody.
        await Task.Delay(Lease * 3);
        var seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var story = new Story(server, database, new Random(seed));
        for (var call = 0; call < Calls; call++)
            await story.StepAsync();

        story.Calls.Keys.Count.ShouldBe(11, string.Join(", ", story.Calls));
        story.Calls.Values.ShouldAllBe(count => count >= 10);
    }

    private sealed class Story
    {
        private readonly PostgresServer _server;
        private readonly Random _random;
        private readonly PostgresClusterStore _store;
        private readonly ModelStore _model;
        private readonly Dictionary<string, SharedIndex> _indices;
        private readonly Dictionary<string, (long Life, long Epoch)> _nodes = [];
        private readonly Dictionary<RecorderId, (string Node, SharedIndex.Tenure Tenure)> _tenures = [];
        private readonly Dictionary<string, long> _numbers = [];

        public Story(PostgresServer server, PostgresDatabase database, Random random)
        {
            (_server, _random) = (server, random);
            _store = new PostgresClusterStore(database, Lease, NoCipher.Instance);
            // Time stands still in the model; in the database leases are long or over, as the story says.
            _model = new ModelStore(TimeSpan.FromDays(1), () => TimeSpan.Zero);
            _indices = new[] { "n1", "n2", "n3" }.ToDictionary(node => node, node => new SharedIndex(database, node, node));
        }

        public Dictionary<string, int> Calls { get; } = [];

        public async Task StepAsync()
        {
            var node = $"n{1 + _random.Next(3)}";
            var recorder = new RecorderId($"r{_random.Next(5)}");
            if (!_nodes.ContainsKey(node))
                await JoinAsync(node);

            var held = new Held(recorder, Math.Max(0, (_model.Find(recorder)?.Token ?? 0) - _random.Next(2)));
            var epoch = _nodes[node].Epoch - _random.Next(8) / 7;
            await (_random.Next(11) switch
            {
                0 => JoinAsync(node),
                1 => ExpireAsync(node),
                2 => RenewAsync(node, epoch),
                3 or 4 => ClaimAsync(node, epoch),
                5 => SameAsync("define", _model.Define(Definition(recorder)), _store.DefineAsync(Definition(recorder), default)),
                6 => OfferAsync(held, node),
                7 => ReleaseAsync(held),
                8 => SameAsync("remove", _random.Next(4) == 0 && _model.Remove(held), held, node),
                9 => DisownAsync(node, epoch, held),
                _ => WriteAsync(node, recorder),
            });
            await StateAsync();
        }

        private async Task JoinAsync(string node)
        {
            var life = _nodes.GetValueOrDefault(node).Life + _random.Next(2);
            var identity = new NodeIdentity(node, node, new Uri("http://localhost"), 100, new Dictionary<string, string>());
            var epoch = await _store.JoinAsync(identity, life, default);
            _model.Join(identity, life).ShouldBe(epoch);
            _nodes[node] = (life, epoch);
            await LastAsync(node);
            Count("join");
        }

        private async Task ExpireAsync(string node)
        {
            await _server.QueryAsync($"UPDATE nodes SET lease_until = clock_timestamp() - interval '1 second' WHERE id = '{node}'");
            _model.Expire(node);
            Count("expire");
        }

        private async Task RenewAsync(string node, long epoch)
        {
            var (real, model) = (await _store.RenewAsync(node, epoch, NodeLoad.None, default), _model.Renew(node, epoch));
            (real is null).ShouldBe(model is null);
            if (real is not null)
            {
                await LastAsync(node);
                (real.Recorders, real.Given, real.HeldDigest, real.Revision).ShouldBe((model!.Recorders, model.Given, model.HeldDigest, model.Revision));
                real.Warming.Select(it => (it.Definition.Id, it.Token)).ShouldBe(model.Warming.Select(it => (it.Definition.Id, it.Token)), ignoreOrder: true);
                real.Ready.ShouldBe(model.Ready, ignoreOrder: true);
            }

            Count("renew");
        }

        private async Task ClaimAsync(string node, long epoch)
        {
            var limit = _random.Next(4);
            var (real, model) = (await _store.ClaimAsync(node, epoch, limit, default), _model.Claim(node, epoch, limit));
            real.Select(it => (it.Definition.Id, it.Token, it.History.LastSequence))
                .ShouldBe(model.Select(it => (it.Definition.Id, it.Token, it.History.LastSequence)), ignoreOrder: true);
            foreach (var claim in real)
                _tenures[claim.Definition.Id] = (node, new SharedIndex.Tenure(claim.Token, claim.History.LastSequence));

            Count("claim", real.Count > 0);
        }

        private async Task OfferAsync(Held held, string node)
        {
            (await _store.OfferAsync([held], node, default)).ShouldBe(_model.Offer([held], node));
            if (_random.Next(2) == 0)
            {
                await _store.ReadyAsync(held.Recorder, node, default);
                _model.Ready(held.Recorder, node);
            }

            Count("offer");
        }

        private async Task ReleaseAsync(Held held)
        {
            var history = new RecorderHistory(_model.SequenceOf(held.Recorder.Value) + _random.Next(3), 1);
            (await _store.ReleaseAsync(held, history, default)).ShouldBe(_model.Release(held, history));
            Count("release");
        }

        private async Task DisownAsync(string node, long epoch, Held held)
        {
            await _store.DisownAsync(node, epoch, [held], default);
            _model.Disown(node, epoch, [held]);
            (await _store.HeldByAsync(node, epoch, default)).ShouldBe(_model.HeldBy(node, epoch), ignoreOrder: true);
            Count("disown");
        }

        private async Task WriteAsync(string node, RecorderId recorder)
        {
            var tenure = _tenures.TryGetValue(recorder, out var known) && known.Node == node ? known.Tenure : (SharedIndex.Tenure?)null;
            var sequence = Math.Max(1, _model.SequenceOf(recorder.Value) + _random.Next(-1, 3));
            var number = _numbers[node] = _numbers.GetValueOrDefault(node) + 1;
            var late = await _indices[node].ApplyAsync(
                [new JournalEntry(number, new RecorderProtocol.Paused(recorder, sequence, DateTimeOffset.UnixEpoch))], _ => tenure, default);
            var taken = _model.Apply(node, [new ModelStore.Entry(number, recorder, sequence)], _ => tenure);
            late.ShouldBe(1 - taken.Count, $"{node} writes {recorder} {sequence} under {tenure}");
            Count("write");
        }

        private async Task SameAsync(string call, bool model, Task<bool> real)
        {
            (await real).ShouldBe(model, call);
            Count(call);
        }

        private async Task SameAsync(string call, bool model, Held held, string node)
        {
            if (model)
                (await _store.RemoveAsync(held, default)).ShouldBeTrue();

            // A drained node is one that the story may go on with.
            var state = _random.Next(2) == 0 ? MemberState.Draining : MemberState.Up;
            (await _store.SetStateAsync(node, state, default)).ShouldBe(_model.SetState(node, state));
            Count(call);
            Count("state");
        }

        private async Task StateAsync()
        {
            var real = await _store.ListAsync(default);
            var model = _model.List();
            real.Select(it => (it.Definition.Id, it.Owner, it.Token, it.IsAlive && it.Owner is not null))
                .ShouldBe(model.Select(it => (it.Definition.Id, it.Owner, it.Token, it.IsAlive && Epoch(it))));

            bool Epoch(Ownership it) => _model.Recorders.First(row => row.Definition.Id == it.Definition.Id).OwnerEpoch
                == _model.Members().First(member => member.Identity.Id == it.Owner).Epoch;
        }

        // Leases are as long as the story wants, and their nodes were alive for long.
        private async Task LastAsync(string node)
        {
            _model.Settle(node);
            await _server.QueryAsync(
                $"UPDATE nodes SET lease_until = clock_timestamp() + interval '1 day', alive_since = clock_timestamp() - interval '1 hour' WHERE id = '{node}'");
        }

        private void Count(string call, bool counts = true) => Calls[call] = Calls.GetValueOrDefault(call) + (counts ? 1 : 0);

        private static RecorderDefinition Definition(RecorderId id) => new() { Id = id, Source = "test:", Options = new RecorderOptions() };
    }
}
