using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Actors.Registry;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Simulation;

/// <summary>
/// One seeded schedule: nodes that run the protocol's own code against the model of the database, over a network that delays, loses and doubles
/// what is sent, with crashes, pauses, clocks that run apart and a database that goes away or sets its clock. One thread, virtual time: the same
/// seed is the same story.
/// </summary>
internal sealed class Schedule
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Random _random;
    private readonly PriorityQueue<Action, (TimeSpan, long)> _agenda = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<(RecorderId, long), string> _holders = [];
    private readonly Dictionary<RecorderId, long> _accepted = [];
    private readonly List<string> _story = [];
    private TimeSpan _now;
    private TimeSpan _databaseClock;
    private long _order;
    private string? _broken;
    private bool _isCalm;
    private bool _isAway;
    private readonly bool _stepsClocks;

    public Schedule(int seed)
    {
        _random = new Random(seed);
        _stepsClocks = seed % 2 == 1;
        Database = new ModelStore(Lease, () => _now + _databaseClock);
        var recorders = 2 + _random.Next(4);
        for (var n = 0; n < recorders; n++)
        {
            Database.Define(new RecorderDefinition
            {
                Id = new RecorderId($"r{n}"),
                Source = "test:",
                Options = new RecorderOptions(),
                Desired = RecorderState.Recording,
            });
        }

        for (var n = 1; n <= 3; n++)
            _nodes.Add(new SimulatedNode(this, $"n{n}"));
    }

    public ModelStore Database { get; }

    /// <summary>Runs it; the first thing that does not hold is thrown.</summary>
    public void Run()
    {
        _nodes.ForEach(node => node.Start());
        var trouble = TimeSpan.FromSeconds(6 + _random.Next(8));
        for (var at = TimeSpan.FromSeconds(2); at < trouble; at += TimeSpan.FromMilliseconds(300 + _random.Next(1500)))
            After(at, Trouble);

        Until(trouble);
        _isCalm = true;
        (_isAway, Database.StartedAt) = (false, Database.StartedAt);
        _nodes.ForEach(node => node.Heal());
        Until(trouble + TimeSpan.FromSeconds(20));
        foreach (var row in Database.Recorders)
        {
            var holders = _nodes.Where(node => node.Tenures.Find(row.Definition.Id)?.Token == row.Token).ToList();
            Check(holders.Count == 1 && holders[0].Id == row.Owner, $"{row.Definition.Id} is held by {holders.Count} nodes at the end, and owned by {row.Owner} under {row.Token}, {(row.Given ? "given" : "not given")}, next {row.Next}; {string.Join("; ", _nodes)}");
        }

        if (_broken is { } broken)
            throw new InvalidOperationException(broken);
    }

    public string Story => string.Join('\n', _story.TakeLast(80));

    private void Trouble()
    {
        var node = _nodes[_random.Next(_nodes.Count)];
        switch (_random.Next(8))
        {
            case 0 or 1:
                node.Crash();
                After(TimeSpan.FromMilliseconds(_random.Next(5000)), node.Start);
                break;
            case 2:
                Say($"{node.Id} is paused");
                node.Pause(TimeSpan.FromMilliseconds(_random.Next(6000)));
                break;
            case 3:
                Say($"{node.Id} is cut off");
                node.IsCutOff = true;
                After(TimeSpan.FromMilliseconds(_random.Next(6000)), () => node.IsCutOff = false);
                break;
            case 4:
                Say("the database is away");
                _isAway = true;
                After(TimeSpan.FromMilliseconds(_random.Next(5000)), () => (_isAway, Database.StartedAt) = (false, _now + _databaseClock));
                break;
            case 5 when _stepsClocks:
                _databaseClock += TimeSpan.FromMilliseconds(_random.Next(-4000, 4000));
                Say($"the database's clock is {_databaseClock} off");
                break;
            case 6:
                Say($"{node.Id} drains");
                Database.SetState(node.Id, MemberState.Draining);
                After(TimeSpan.FromMilliseconds(_random.Next(4000)), () => Database.SetState(node.Id, MemberState.Up));
                break;
            default:
                break;
        }
    }

    private void After(TimeSpan delay, Action action) => _agenda.Enqueue(action, (_now + delay, _order++));

    private void Until(TimeSpan end)
    {
        while (_agenda.TryPeek(out _, out var at) && at.Item1 <= end)
        {
            _now = at.Item1;
            _agenda.Dequeue()();
            if (_broken is { } broken)
                throw new InvalidOperationException(broken);
        }

        _now = end;
    }

    private void Say(string what) => _story.Add($"{_now.TotalSeconds:0.000} {what}");

    private void Check(bool holds, string broken)
    {
        if (!holds)
            _broken ??= $"{broken}\n{Story}";
    }

    // Invariant: a token is one node's for ever; and by clocks that only run, no two nodes trust that they own the same recorder.
    private void Took(SimulatedNode node, Claim claim)
    {
        var id = claim.Definition.Id;
        Say($"{node.Id} took {id} under {claim.Token}, behind {claim.History.LastSequence}");
        Check(_holders.TryAdd((id, claim.Token), node.Id) || _holders[(id, claim.Token)] == node.Id, $"{id} has two owners under token {claim.Token}");
        Check(
            _stepsClocks || !_nodes.Any(other => other != node && other.Tenures.Holds(id) && !other.IsLeaving(id) && other.Tenures.AreTrusted),
            $"{node.Id} took {id} while another trusts that it owns it");
    }

    // Invariant: what is taken as a recorder's carries its newest token, and rises.
    private void Taken(SimulatedNode node, IReadOnlyList<ModelStore.Entry> entries, IReadOnlyDictionary<RecorderId, SharedIndex.Tenure> held)
    {
        foreach (var entry in entries)
        {
            var newest = Database.Recorders.First(row => row.Definition.Id == entry.Recorder).Token;
            Check(held.TryGetValue(entry.Recorder, out var tenure) && tenure.Token == newest, $"{node.Id} wrote {entry} under a stale token");
            Check(entry.Sequence > _accepted.GetValueOrDefault(entry.Recorder), $"{entry} came twice or late");
            _accepted[entry.Recorder] = entry.Sequence;
        }
    }

    /// <summary>A node: its own protocol code, a journal that outlives it, and a clock that runs a little fast or slow.</summary>
    private sealed class SimulatedNode
    {
        private readonly Schedule _world;
        private readonly List<ModelStore.Entry> _journal = [];
        private readonly Dictionary<RecorderId, long> _sequences = [];
        private readonly HashSet<RecorderId> _offered = [];
        private readonly HashSet<RecorderId> _leaving = [];
        private readonly HashSet<RecorderId> _warmed = [];
        private readonly double _pace;
        private ClusterNode? _node;
        private TimeSpan _pausedUntil;
        private long _position;
        private int _unclaimed;
        private int _life;
        private long _joins;
        private bool _isReplicating;

        public SimulatedNode(Schedule world, string id)
        {
            (_world, Id) = (world, id);
            _pace = 0.99 + (world._random.NextDouble() * 0.02);
            Tenures = new Recorder.Actors.Cluster.Tenures(Lease, new NodeClock(this));
        }

        public string Id { get; }

        public Recorder.Actors.Cluster.Tenures Tenures { get; private set; }

        public bool IsCutOff { get; set; }

        public bool IsUp => _node is not null;

        public override string ToString() =>
            $"{Id}{(IsUp ? "" : " (down)")} has {string.Join(", ", Tenures.All.Select(it => $"{it.Key}:{it.Value.Token}"))}, leaves {string.Join(", ", _leaving)}";

        private bool IsPaused => _world._now < _pausedUntil;

        public bool IsLeaving(RecorderId recorder) => _leaving.Contains(recorder);

        public void Start()
        {
            if (IsUp)
                return;

            _world.Say($"{Id} starts");
            var options = new ClusterOptions { Connection = "", Node = new NodeIdentity(Id, Id, new Uri("http://localhost"), 100, new Dictionary<string, string>()), Lease = Lease, NextLife = () => ++_joins };
            Tenures = new Recorder.Actors.Cluster.Tenures(options.Trust, new NodeClock(this));
            _node = new ClusterNode(options, new SimulatedStore(this, ++_life), Tenures, null!, () => NodeLoad.None, NullLogger.Instance, new NodeClock(this))
            {
                FlushAsync = FlushAsync,
            };
            JoinAndRun(_life);
        }

        public void Crash()
        {
            if (IsUp)
            {
                _world.Say($"{Id} crashes");
                (_node, _isReplicating) = (null, false);
                _life++;
                _offered.Clear();
                _leaving.Clear();
                _warmed.Clear();
                foreach (var (recorder, _) in Tenures.All)
                    Tenures.Drop(recorder);
            }
        }

        public void Pause(TimeSpan time) => _pausedUntil = _world._now + time;

        public void Heal()
        {
            (IsCutOff, _pausedUntil) = (false, default);
            Start();
        }

        private async void JoinAndRun(int life)
        {
            while (life == _life)
            {
                try
                {
                    await _node!.JoinAsync(CancellationToken.None);
                    break;
                }
                catch (CatalogueUnavailableException)
                {
                    await Sleep(Interval);
                }
            }

            while (life == _life)
            {
                await StepAsync(life);
                if (life == _life)
                {
                    Raise();
                    Replicate(life);
                    await Sleep(Interval);
                }
            }
        }

        private async Task StepAsync(int life)
        {
            try
            {
                var step = await _node!.StepAsync(_unclaimed, _offered.ToHashSet(), isEnding: false);
                if (life != _life)
                    return;

                _node.TrySetView(step.View, out _);
                _unclaimed = step.View.Claimable > step.Claims.Count ? _unclaimed + 1 : 0;
                foreach (var claim in step.Claims)
                {
                    _world.Took(this, claim);
                    Tenures.Take(claim.Definition.Id, claim.Token, claim.History.LastSequence);
                    _sequences[claim.Definition.Id] = claim.History.LastSequence;
                    _warmed.Remove(claim.Definition.Id);
                }

                foreach (var lost in step.Lost.Where(id => !_leaving.Contains(id)))
                {
                    _world.Say($"{Id} lost {lost}");
                    Tenures.Drop(lost);
                    _offered.Remove(lost);
                }

                foreach (var warming in step.View.Warming.Where(it => _warmed.Add(it.Definition.Id)))
                    _ = ReadyAsync(warming.Definition.Id, life);

                _offered.UnionWith(step.Offered);
                foreach (var ready in step.View.Ready.Where(id => _offered.Contains(id) && _leaving.Add(id)))
                    _ = GiveAwayAsync(ready, life);
            }
            catch (CatalogueUnavailableException)
            {
                _node?.TryLoseTouch();
            }
        }

        private async Task ReadyAsync(RecorderId recorder, int life)
        {
            await Sleep(TimeSpan.FromMilliseconds(_world._random.Next(300)));
            if (life == _life)
            {
                try
                {
                    await _node!.Store.ReadyAsync(recorder, Id, CancellationToken.None);
                }
                catch (CatalogueUnavailableException)
                {
                    _warmed.Remove(recorder);
                }
            }
        }

        private async Task GiveAwayAsync(RecorderId recorder, int life)
        {
            var token = Tenures.HeldOf(recorder)?.Token ?? 0;
            await Sleep(TimeSpan.FromMilliseconds(_world._random.Next(200)));
            try
            {
                if (life == _life)
                    await _node!.GiveAwayAsync(new RegistryProtocol.HandedOver(recorder, new RecorderHistory(_sequences.GetValueOrDefault(recorder), 0)), token);
            }
            catch (CatalogueUnavailableException)
            {
                // Its lease says it.
            }

            if (life == _life)
            {
                _leaving.Remove(recorder);
                _offered.Remove(recorder);
                if (Tenures.HeldOf(recorder)?.Token == token)
                    Tenures.Drop(recorder);
            }
        }

        // A node that is cut off records on.
        private void Raise()
        {
            foreach (var (recorder, _) in Tenures.All.Where(it => !_leaving.Contains(it.Key)))
            {
                var sequence = _sequences[recorder] = _sequences.GetValueOrDefault(recorder) + 1;
                _journal.Add(new ModelStore.Entry(_journal.Count + 1, recorder, sequence));
            }
        }

        private async void Replicate(int life)
        {
            if (_isReplicating || _position == _journal.Count)
                return;

            _isReplicating = true;
            var entries = _journal.Skip((int)_position).Take(50).ToList();
            try
            {
                var held = Tenures.All.ToDictionary(it => it.Key, it => it.Value);
                await CallAsync(life, database =>
                {
                    _world.Taken(this, database.Apply(Id, entries, id => held.TryGetValue(id, out var tenure) ? tenure : null), held);
                    return true;
                });
                _position = life == _life ? entries[^1].Number : _position;
            }
            catch (CatalogueUnavailableException)
            {
                // Sent again; the position says what was taken.
            }

            _isReplicating = life != _life && _isReplicating;
        }

        private async Task FlushAsync()
        {
            var (through, life) = (_journal.Count, _life);
            for (var tries = 0; _position < through; tries++)
            {
                if (life != _life || tries > 40)
                    throw new CatalogueUnavailableException("it was not flushed");

                Replicate(life);
                await Sleep(TimeSpan.FromMilliseconds(100));
            }
        }

        public Task<T> CallAsync<T>(int life, Func<ModelStore, T> call)
        {
            var answer = new TaskCompletionSource<T>();
            var random = _world._random;
            var isLost = IsCutOff || (!_world._isCalm && random.Next(25) == 0);
            if (!isLost)
            {
                _world.After(Delay(), () => Process(life, call, answer));
                if (!_world._isCalm && random.Next(25) == 0)
                {
                    // The same again, by itself: nobody hears the answer.
                    _world.After(Delay(), () => Process(life, call, new TaskCompletionSource<T>()));
                }
            }

            _world.After(Timeout, () => Fail(life, answer));
            return answer.Task;
        }

        private void Process<T>(int life, Func<ModelStore, T> call, TaskCompletionSource<T> answer)
        {
            if (_world._isAway || IsCutOff)
                return;

            var result = call(_world.Database);
            if (_world._isCalm || _world._random.Next(25) > 0)
                _world.After(Delay(), () => Complete(life, answer, result));
        }

        // A node that was paused hears what came meanwhile when it goes on; one that crashed nothing.
        private void Complete<T>(int life, TaskCompletionSource<T> answer, T result)
        {
            if (IsPaused)
                _world.After(_pausedUntil - _world._now, () => Complete(life, answer, result));
            else if (life == _life)
                answer.TrySetResult(result);
        }

        private void Fail<T>(int life, TaskCompletionSource<T> answer)
        {
            if (IsPaused)
                _world.After(_pausedUntil - _world._now, () => Fail(life, answer));
            else if (life == _life)
                answer.TrySetException(new CatalogueUnavailableException("no answer"));
        }

        private Task Sleep(TimeSpan time)
        {
            var done = new TaskCompletionSource();
            _world.After(time, () => Wake(done));
            return done.Task;
        }

        private void Wake(TaskCompletionSource done)
        {
            if (IsPaused)
                _world.After(_pausedUntil - _world._now, () => Wake(done));
            else
                done.TrySetResult();
        }

        private TimeSpan Delay() => TimeSpan.FromMilliseconds(!_world._isCalm && _world._random.Next(8) == 0 ? _world._random.Next(1500) : _world._random.Next(20));

        private sealed class NodeClock(SimulatedNode node) : TimeProvider
        {
            public override long TimestampFrequency => TimeSpan.TicksPerSecond;

            public override long GetTimestamp() => (long)(node._world._now.Ticks * node._pace);
        }

        private sealed class SimulatedStore(SimulatedNode node, int life) : IClusterStore
        {
            public async Task<long> JoinAsync(NodeIdentity identity, long joining, CancellationToken ending) =>
                await node.CallAsync(life, database => database.Join(identity, joining)) ?? throw new CatalogueUnavailableException("refused");

            public Task<Renewal?> RenewAsync(string id, long epoch, NodeLoad load, CancellationToken ending) =>
                node.CallAsync(life, database => database.Renew(id, epoch));

            public Task<IReadOnlyList<Claim>> ClaimAsync(string id, long epoch, int limit, CancellationToken ending) =>
                node.CallAsync(life, database => database.Claim(id, epoch, limit));

            public Task<IReadOnlyList<RecorderId>> OfferAsync(IReadOnlyList<Held> recorders, string next, CancellationToken ending) =>
                node.CallAsync(life, database => database.Offer(recorders, next));

            public Task ReadyAsync(RecorderId recorder, string id, CancellationToken ending) =>
                node.CallAsync(life, database =>
                {
                    database.Ready(recorder, id);
                    return true;
                });

            public Task<bool> ReleaseAsync(Held recorder, RecorderHistory history, CancellationToken ending) =>
                node.CallAsync(life, database => database.Release(recorder, history));

            public Task DisownAsync(string id, long epoch, IReadOnlyList<Held> recorders, CancellationToken ending) =>
                node.CallAsync(life, database =>
                {
                    database.Disown(id, epoch, recorders);
                    return true;
                });

            public Task LeaveAsync(string id, long epoch, CancellationToken ending) => throw new NotSupportedException();

            public Task<bool> DefineAsync(RecorderDefinition definition, CancellationToken ending) => throw new NotSupportedException();

            public Task<bool> ChangeAsync(RecorderDefinition definition, long token, CancellationToken ending) =>
                node.CallAsync(life, database => database.Change(definition, token));

            public Task<bool> RemoveAsync(Held recorder, CancellationToken ending) => throw new NotSupportedException();

            public Task<IReadOnlyList<Ownership>> ListAsync(CancellationToken ending) => throw new NotSupportedException();

            public Task<Ownership?> FindAsync(RecorderId recorder, CancellationToken ending) => throw new NotSupportedException();

            public Task<IReadOnlyList<Held>> HeldByAsync(string id, long epoch, CancellationToken ending) =>
                node.CallAsync(life, database => database.HeldBy(id, epoch));

            public Task<IReadOnlyList<Member>> MembersAsync(CancellationToken ending) => throw new NotSupportedException();

            public Task<bool> SetStateAsync(string id, MemberState state, CancellationToken ending) => throw new NotSupportedException();

            public Task<bool> ForgetNodeAsync(string id, CancellationToken ending) => throw new NotSupportedException();

            public Task ListenAsync(Action woken, CancellationToken ending) => throw new NotSupportedException();

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
