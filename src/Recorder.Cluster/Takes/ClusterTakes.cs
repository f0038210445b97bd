using System.Collections.Concurrent;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Takes;
using Recorder.Cluster.Nodes;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Cluster.Takes;

/// <summary>
/// The takes of the other nodes: each node has a copy of every take. Copies are pushed when they change; whoever was away or missed one compares what it has with each
/// of the others.
/// </summary>
/// <param name="members">Every node that is known, this one included.</param>
internal sealed partial class ClusterTakes(string node, Func<IReadOnlyList<ClusterMember>> members, ITakePeers peers, ILogger logger, TimeProvider time) : ITakesCluster, IAsyncDisposable
{
    private const int MostListed = 1_000;
    private const int MostKnown = 10_000;
    private const int Attempts = 8;
    private const int MostMarksTold = 200;

    // A node that hangs and is not known to do so yet delays a take by this.
    private static readonly TimeSpan GrantTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SpreadTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    // A process that has just started takes some seconds to hear of anybody.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompareInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TakeId, TakeVersion> _known = new();
    private readonly ConcurrentDictionary<string, StartId> _compared = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly long _createdAt = time.GetTimestamp();
    private volatile bool _hasCompared;
    private IActorRef _takes = ActorRefs.Nobody;
    private Task _comparing = Task.CompletedTask;

    public string Node => node;

    /// <summary>How long a node waits for each one before it by name that may want the same number.</summary>
    public TimeSpan Contention { get; init; } = TimeSpan.FromMilliseconds(10);

    public IReadOnlyList<string> Living => [.. members().Where(IsLiving).Select(member => member.Name).Order(StringComparer.Ordinal)];

    public bool IsSettled => _hasCompared || time.GetElapsedTime(_createdAt) > SettleTime;

    private IEnumerable<ClusterMember> LivingOthers => members().Where(member => member.Name != node && member.IsAlive);

    /// <summary>What this node has, the newest takes.</summary>
    public IReadOnlyList<TakeHead> Heads =>
        [.. _known.OrderByDescending(known => known.Key.Value, StringComparer.Ordinal).Take(MostListed).Select(known => new TakeHead(known.Key, known.Value.Term, known.Value.Node, known.Value.Revision))];

    /// <param name="takes">This node's takes.</param>
    public void Start(IActorRef takes)
    {
        _takes = takes;
        _comparing = CompareAllAsync();
    }

    public void Note(Take take)
    {
        _known[take.Id] = TakeVersion.Of(take);
        if (_known.Count <= MostKnown)
            return;

        // An older one is noted again when somebody asks for it.
        foreach (var old in _known.Keys.OrderBy(id => id.Value, StringComparer.Ordinal).Take(MostKnown / 10))
            _known.TryRemove(old, out _);
    }

    /// <summary>The living node that runs a take; null when there is none, or no such take.</summary>
    public ClusterMember? FindHolder(TakeId take) =>
        _known.TryGetValue(take, out var known) ? members().FirstOrDefault(member => member.Name == known.Node && IsLiving(member)) : null;

    public async Task SpreadAsync(Take take)
    {
        // Who cannot be told now compares when it can be reached, however soon that is.
        foreach (var away in members().Where(member => !member.IsAlive))
            _compared.TryRemove(away.Name, out _);

        try
        {
            await Task.WhenAll(LivingOthers.Select(other => TellAsync(other, take))).WaitAsync(SpreadTime, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It is told all the same; a node that does not hear it compares later.
        }
    }

    public async Task<bool> TellAsync(string node, Take take)
    {
        if (LivingOthers.FirstOrDefault(other => other.Name == node) is not { } other)
            return false;

        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            // In pieces: thousands of marks are more than a request may have, and the other node adds each to what it has.
            foreach (var marks in take.Marks.Chunk(MostMarksTold).DefaultIfEmpty([]))
                await peers.TellAsync(other, take with { Marks = marks }, deadline.Token).ConfigureAwait(false);

            return true;
        }
        catch (CatalogueUnavailableException)
        {
            return false;
        }
    }

    public async Task<int> ReserveAsync(string scene, Func<int, Task<int>> grant)
    {
        var highest = await grant(0).ConfigureAwait(false);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var all = members();
            // Of nodes that want the same number at once the first by name gets it, or else each one of its own block.
            var isApart = attempt >= 2 || all.Any(other => other.Name != node && !other.IsAlive);
            var number = isApart ? TakeNumbers.NextApart(highest, all.Select(member => member.Name), node) : highest + 1;
            var before = await grant(number).ConfigureAwait(false);
            var answers = await Task.WhenAll(all.Where(other => other.Name != node && other.IsAlive).Select(other => AskAsync(other, scene, number))).ConfigureAwait(false);
            highest = Math.Max(before, answers.Max() ?? 0);
            if (highest < number && (isApart || answers.All(answer => answer is not null)))
                return number;

            highest = Math.Max(highest, number);
            // A node that gave no answer may be one that gives numbers apart from this one.
            if (answers.Any(answer => answer is null))
                attempt = Math.Max(attempt, 1);
            else
                await Task.Delay(Contention * all.TakeWhile(member => member.Name != node).Count(), time).ConfigureAwait(false);
        }

        // Others go on asking all the time. Nobody else uses the numbers of this node's blocks.
        while (true)
        {
            var last = TakeNumbers.NextApart(highest, members().Select(member => member.Name), node);
            highest = await grant(last).ConfigureAwait(false);
            if (highest < last)
                return last;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // The comparison runs on the thread pool and does not wait for this call.
        await _comparing.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _ending.Dispose();
    }

    // A node that hands over what it has does not begin anything.
    private static bool IsLiving(ClusterMember member) => member is { IsAlive: true, Card: { IsDraining: false, IsLeaving: false } };

    private async Task<int?> AskAsync(ClusterMember other, string scene, int number)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            return await peers.ReserveAsync(other, scene, number, deadline.Token).WaitAsync(GrantTime, time).ConfigureAwait(false);
        }
        catch (Exception away) when (away is TimeoutException or CatalogueUnavailableException)
        {
            return null;
        }
    }

    private async Task TellAsync(ClusterMember other, Take take)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            if (await peers.TellAsync(other, take, deadline.Token).ConfigureAwait(false) is { } newer)
                _takes.Tell(new TakesActor.Hear(newer));
        }
        catch (CatalogueUnavailableException)
        {
            _compared.TryRemove(other.Name, out _);
        }
    }

    private async Task CompareAllAsync()
    {
        var last = time.GetTimestamp();
        try
        {
            while (true)
            {
                var isDue = time.GetElapsedTime(last) > CompareInterval;
                if (isDue)
                    last = time.GetTimestamp();

                var living = LivingOthers.ToList();
                foreach (var gone in _compared.Keys.Except(living.Select(other => other.Name)))
                    _compared.TryRemove(gone, out _);

                await Task.WhenAll(living.Where(other => isDue || !_compared.TryGetValue(other.Name, out var start) || start != other.Card.Start).Select(CompareAsync)).ConfigureAwait(false);
                await Task.Delay(Interval, time, _ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private async Task CompareAsync(ClusterMember other)
    {
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            deadline.CancelAfter(Deadline);
            _compared[other.Name] = other.Card.Start;
            var isDone = true;
            var theirs = (await peers.ListAsync(other, deadline.Token).ConfigureAwait(false)).ToDictionary(head => head.Take, head => new TakeVersion(head.Term, head.Node, head.Revision));
            foreach (var (take, version) in theirs)
            {
                if ((!_known.TryGetValue(take, out var own) || own < version) && await peers.ReadAsync(other, take, deadline.Token).ConfigureAwait(false) is { } newer)
                    isDone &= await _takes.Ask<object>(new TakesActor.Hear(newer), Deadline, deadline.Token).ConfigureAwait(false) is TakesActor.HearAnswer;
            }

            // From here on this node knows what has become of the takes that it ran once.
            _hasCompared = true;
            // The other may not know that it was away.
            foreach (var head in Heads.Where(head => !theirs.TryGetValue(head.Take, out var version) || version < new TakeVersion(head.Term, head.Node, head.Revision)))
            {
                if (await _takes.Ask<object>(new TakesActor.ReadCopy(head.Take), Deadline, deadline.Token).ConfigureAwait(false) is TakesActor.HearAnswer { Newer: { } own })
                    await TellAsync(other, own).ConfigureAwait(false);
            }

            if (!isDone)
                _compared.TryRemove(other.Name, out _);
        }
        catch (Exception away) when (away is CatalogueUnavailableException || (away is OperationCanceledException && !_ending.IsCancellationRequested))
        {
            _compared.TryRemove(other.Name, out _);
        }
#pragma warning disable CA1031 // The others are compared with all the same.
        catch (Exception failed) when (failed is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogNotCompared(logger, other.Name, failed);
            _compared.TryRemove(other.Name, out _);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The takes of node {Node} cannot be compared with this node's. It is tried again")]
    private static partial void LogNotCompared(ILogger logger, string node, Exception failed);
}
