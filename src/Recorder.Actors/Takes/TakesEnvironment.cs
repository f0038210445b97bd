using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>What takes need of their node.</summary>
/// <param name="Router">Reaches every recorder, on this node or another.</param>
/// <param name="RecordingsFolder">The folder on whose volume recordings are stored.</param>
internal sealed record TakesEnvironment(IActorRef Router, TakeFiles Files, string RecordingsFolder, TimeProvider Time, ILogger Logger)
{
    /// <summary>Runs what may block; specs run it at once.</summary>
    public Func<Action, Task> Blocking { get; init; } = Task.Run;

    /// <summary>The other nodes; null for a node that is in no cluster.</summary>
    public ITakesCluster? Cluster { get; init; }

    /// <summary>Null where recorded sound cannot be decoded.</summary>
    public ILtcReader? Ltc { get; init; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>A take as this node stores it next.</summary>
    public Take Stamp(Take take) => Own(take) with { Revision = take.Revision + 1 };

    /// <summary>A take that no node runs is run by this one.</summary>
    public Take Own(Take take) => Cluster is null || take.Tenure is not null ? take : take with { Tenure = new TakeTenure(1, Cluster.Node) };

    /// <summary>Makes the id of a take. Two nodes may arm one in the same millisecond.</summary>
    public TakeId NameTake(DateTimeOffset armedAt, long number) => Cluster is null
        ? TakeId.Create(armedAt, number)
        : new TakeId($"{TakeId.Create(armedAt, number)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Cluster.Node)).AsSpan(0, 4))}");

    /// <summary>Stores a take on this node's disk, then with the others.</summary>
    /// <exception cref="IOException">It cannot be stored here.</exception>
    public async Task StoreAsync(Take take)
    {
        await Blocking(() => Files.Write(take)).ConfigureAwait(false);
        if (Cluster is not null)
            await Cluster.SpreadAsync(take).ConfigureAwait(false);
    }
}
