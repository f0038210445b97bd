using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Wire;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// Notices that another node's registry differs from this node's. A change is told once to the members that can be reached then; who was away for a
/// moment, or did not get the message, would go without it. So each says every second what its registry adds up to.
/// </summary>
internal sealed class RegistryComparison(INodeSide side)
{
    private readonly HashSet<Address> _different = [];
    private IReadOnlyList<RegisteredRecorder>? _read;
    private RegistryDigest _digest = new([]);

    /// <summary>The digest of this node's registry.</summary>
    public RegistryDigest Digest
    {
        get
        {
            var registry = side.ReadRegistry();
            if (!ReferenceEquals(registry, _read))
                (_read, _digest) = (registry, RegistryExchange.Digest(registry));

            return _digest;
        }
    }

    /// <summary>What this node's registry adds up to.</summary>
    public long Sum => SumOf(Digest);

    /// <summary>Takes what another node says of its registry.</summary>
    /// <param name="sum">Null from a node that does not say it.</param>
    /// <returns>Whether to compare the registries: they differed a second ago, too, so the change was not merely under way.</returns>
    public bool Hear(Address from, long? sum)
    {
        if (sum is null || sum == Sum)
        {
            _different.Remove(from);
            return false;
        }

        return !_different.Add(from);
    }

    public void Forget(Address node) => _different.Remove(node);

    private static long SumOf(RegistryDigest digest)
    {
        // Two parts that changed places do not add up to the same.
        var sum = 17L;
        foreach (var part in digest.Parts)
            sum = unchecked((sum * 31) + part);

        return sum;
    }
}
