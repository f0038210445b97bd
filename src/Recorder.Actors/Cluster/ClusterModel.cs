using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>How a node stands in its cluster.</summary>
internal enum MemberState
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>It records what it owns, and takes more.</summary>
    Up = 1,

    /// <summary>It hands over what it owns, and takes nothing.</summary>
    Draining = 2,

    /// <summary>It left, or was removed.</summary>
    Left = 3,
}

/// <summary>What a node says of itself when it joins.</summary>
/// <param name="Id">Its name, one in the cluster.</param>
/// <param name="Instance">Which data folder it is: a node that starts again on its folder takes its place back at once.</param>
/// <param name="Url">Where the others reach it.</param>
/// <param name="Capacity">How much it takes, compared with the others.</param>
/// <param name="Labels">What it is near to: recorders that ask for a label live only where it is.</param>
internal sealed record NodeIdentity(string Id, string Instance, Uri Url, int Capacity, IReadOnlyDictionary<string, string> Labels);

/// <summary>How busy a node is; measured.</summary>
/// <param name="BytesPerSecond">What it writes.</param>
/// <param name="WriteLatency">What a write took lately.</param>
internal sealed record NodeLoad(long BytesPerSecond, TimeSpan WriteLatency)
{
    public static readonly NodeLoad None = new(0, TimeSpan.Zero);
}

/// <summary>A node as the database knows it.</summary>
internal sealed record Member
{
    public required NodeIdentity Identity { get; init; }

    /// <summary>Rises with every join.</summary>
    public required long Epoch { get; init; }

    public required MemberState State { get; init; }

    /// <summary>Whether its lease runs.</summary>
    public required bool IsAlive { get; init; }

    /// <summary>Recorders that it owns.</summary>
    public required int Owned { get; init; }

    public NodeLoad Load { get; init; } = NodeLoad.None;

    /// <summary>What it takes, compared with the others: a disk that is slow takes little, one that drains nothing.</summary>
    public double Weight => State != MemberState.Up || !IsAlive ? 0
        : Load.WriteLatency > SlowDisk ? Identity.Capacity / 4.0
        : Identity.Capacity;

    private static readonly TimeSpan SlowDisk = TimeSpan.FromMilliseconds(500);
}

/// <summary>Who records a recorder.</summary>
/// <param name="Definition">It.</param>
/// <param name="Owner">The node; null while nobody does.</param>
/// <param name="Token">Rises with every claim: what carries an older one is stale.</param>
/// <param name="IsAlive">Whether the owner's lease runs.</param>
internal sealed record Ownership(RecorderDefinition Definition, string? Owner, long Token, bool IsAlive);

/// <summary>A recorder that is now this node's.</summary>
/// <param name="Definition">As it is kept.</param>
/// <param name="Token">The fencing token of this claim: the epoch of what is recorded under it.</param>
/// <param name="History">What it goes on from. Its events' numbers are above all that an earlier owner can have given.</param>
/// <param name="Open">Recordings that no stop event ended, oldest first.</param>
internal sealed record Claim(RecorderDefinition Definition, long Token, RecorderHistory History, IReadOnlyList<InterruptedRecording> Open);

/// <summary>What a renewal of the lease brings back.</summary>
/// <param name="State">How this node stands: someone may have drained it.</param>
/// <param name="Members">All nodes.</param>
/// <param name="Recorders">How many recorders there are.</param>
/// <param name="Claimable">How many nobody owns, or a node whose lease is over.</param>
/// <param name="Given">How many were given to this node and wait for it.</param>
/// <param name="Warming">Recorders that another node is about to give to this one.</param>
/// <param name="Ready">Recorders of this node whose next owner is ready.</param>
internal sealed record Renewal(
    MemberState State, IReadOnlyList<Member> Members, int Recorders, int Claimable, int Given, IReadOnlyList<Ownership> Warming,
    IReadOnlyList<RecorderId> Ready)
{
    /// <summary>Of what this node holds under which tokens, without what was given to it and waits (<see cref="Held.DigestOf"/>).</summary>
    public long HeldDigest { get; init; }

    /// <summary>Changes when recorders come, go, or change their node.</summary>
    public long Revision { get; init; }
}

/// <summary>
/// Where nodes agree. Every call is one transaction; time is the database's. Throws
/// <see cref="Catalogue.CatalogueUnavailableException"/> when it does not answer.
/// </summary>
internal interface IClusterStore : IAsyncDisposable
{
    /// <summary>
    /// Joins, with an epoch above all that the node had before. Asked for again in the same life, it is the same epoch; a request of an earlier
    /// life that comes late changes nothing.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="life">Rises with every start of the node.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <exception cref="ClusterRefusedException">Another node of this name lives.</exception>
    Task<long> JoinAsync(NodeIdentity node, long life, CancellationToken ending);

    /// <summary>Renews the lease. Null when it is not this epoch's any more: the node was removed, or joined again.</summary>
    Task<Renewal?> RenewAsync(string node, long epoch, NodeLoad load, CancellationToken ending);

    /// <summary>Takes what was given to the node, and up to so many that nobody owns or whose owner's lease is over.</summary>
    Task<IReadOnlyList<Claim>> ClaimAsync(string node, long epoch, int limit, CancellationToken ending);

    /// <summary>Announces that recorders are about to be given to another node.</summary>
    /// <returns>Those that this node owns under the token named.</returns>
    Task<IReadOnlyList<RecorderId>> OfferAsync(IReadOnlyList<Held> recorders, string next, CancellationToken ending);

    /// <summary>Says that what was offered can be given.</summary>
    Task ReadyAsync(RecorderId recorder, string node, CancellationToken ending);

    /// <summary>Gives up a recorder in order: to the node it was offered to, or to whoever claims it.</summary>
    /// <param name="recorder">It, and under which token it was held.</param>
    /// <param name="history">What the next owner goes on from; all of it is in the catalogue.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <returns>False when it was no longer this token's.</returns>
    Task<bool> ReleaseAsync(Held recorder, RecorderHistory history, CancellationToken ending);

    /// <summary>
    /// Frees what the database says a node holds and the node does not know of: the answer to its claim was lost, or that it gave it up.
    /// </summary>
    Task DisownAsync(string node, long epoch, IReadOnlyList<Held> recorders, CancellationToken ending);

    /// <summary>Ends the lease; what the node still owns can be claimed at once.</summary>
    Task LeaveAsync(string node, long epoch, CancellationToken ending);

    /// <summary>Adds a recorder that nobody owns yet.</summary>
    /// <returns>False when there is one of this name.</returns>
    Task<bool> DefineAsync(RecorderDefinition definition, CancellationToken ending);

    /// <summary>Replaces a definition, if it is still this token's.</summary>
    Task<bool> ChangeAsync(RecorderDefinition definition, long token, CancellationToken ending);

    /// <summary>Removes a definition, if it is still this token's.</summary>
    Task<bool> RemoveAsync(Held recorder, CancellationToken ending);

    /// <summary>All recorders, by name.</summary>
    Task<IReadOnlyList<Ownership>> ListAsync(CancellationToken ending);

    Task<Ownership?> FindAsync(RecorderId recorder, CancellationToken ending);

    /// <summary>What a node holds, by the database; what was given to it and waits for it is not yet.</summary>
    Task<IReadOnlyList<Held>> HeldByAsync(string node, long epoch, CancellationToken ending);

    /// <summary>All nodes, those that left too.</summary>
    Task<IReadOnlyList<Member>> MembersAsync(CancellationToken ending);

    /// <summary>Lets a node hand over what it has, or take part again.</summary>
    /// <returns>False when there is no such node.</returns>
    Task<bool> SetStateAsync(string node, MemberState state, CancellationToken ending);

    /// <summary>Removes a node that is gone for good.</summary>
    /// <exception cref="ClusterRefusedException">It lives.</exception>
    Task<bool> ForgetNodeAsync(string node, CancellationToken ending);

    /// <summary>Says whenever something may be there to do, without end; what is missed while the database is away is found by the next renewal.</summary>
    Task ListenAsync(Action woken, CancellationToken ending);
}

/// <summary>A recorder and the token under which it is held.</summary>
internal readonly record struct Held(RecorderId Recorder, long Token)
{
    /// <summary>One number for a set of these, whatever their order: two sets that differ hardly ever have the same.</summary>
    public static long DigestOf(IEnumerable<Held> all)
    {
        var digest = 0L;
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        foreach (var held in all)
        {
#pragma warning disable CA5351 // Not against anybody: the database can do it too.
            MD5.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{held.Recorder}:{held.Token}")), hash);
#pragma warning restore CA5351
            digest ^= BinaryPrimitives.ReadInt64BigEndian(hash) >> 4 & 0x0FFF_FFFF_FFFF_FFFF;
        }

        return digest;
    }
}

/// <summary>The cluster says no; the message says why and what to do.</summary>
internal sealed class ClusterRefusedException(string message) : Exception(message);
