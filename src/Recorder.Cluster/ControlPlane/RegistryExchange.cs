using System.Text;
using Recorder.Cluster.Placement;
using Recorder.Cluster.Registry;
using Recorder.Contracts;
using Recorder.Cluster.Wire;

namespace Recorder.Cluster.ControlPlane;

/// <summary>How two nodes find out what differs in their registries, and send it in pieces that fit into a frame.</summary>
internal static class RegistryExchange
{
    // Far below the frame of 128,000 bytes: JSON escapes what a definition contains, to up to twice its length.
    private const int MostBytes = 40_000;

    // What a register takes beside its definition.
    private const int Overhead = 500;

    public static RegistryDigest Digest(IEnumerable<RegisteredRecorder> registry)
    {
        var parts = new long[ShardName.PartsPerPlace];
        // The sum does not depend on the order.
        foreach (var recorder in registry)
            parts[PartOf(recorder.Id)] += HashOf(recorder);

        return new RegistryDigest(parts);
    }

    public static int[] FindDifferences(RegistryDigest ours, RegistryDigest theirs) =>
        [.. Enumerable.Range(0, ours.Parts.Count).Where(part => ours.Parts[part] != theirs.Parts.ElementAtOrDefault(part))];

    public static IEnumerable<Registers> Select(IEnumerable<RegisteredRecorder> registry, IReadOnlyCollection<int> parts) =>
        Split(registry.Where(recorder => parts.Contains(PartOf(recorder.Id))));

    public static IEnumerable<Registers> Split(IEnumerable<RegisteredRecorder> registers)
    {
        List<RegisteredRecorder> piece = [];
        var bytes = 0;
        foreach (var recorder in registers)
        {
            var size = Overhead + Encoding.UTF8.GetByteCount(recorder.Definition.Value.Json);
            if (piece.Count > 0 && bytes + size > MostBytes)
            {
                yield return new Registers(piece);
                (piece, bytes) = ([], 0);
            }

            piece.Add(recorder);
            bytes += size;
        }

        if (piece.Count > 0)
            yield return new Registers(piece);
    }

    private static int PartOf(RecorderId recorder) => ShardName.Of(recorder.Value, "").Part;

    private static long HashOf(RegisteredRecorder recorder)
    {
        var hash = Hash(14695981039346656037, recorder.Id.Value);
        hash = Hash(Hash(hash, recorder.Definition.Value.Json), recorder.Definition.Version);
        hash = Hash((hash ^ (ulong)recorder.Desired.Value) * 1099511628211, recorder.Desired.Version);
        return unchecked((long)Hash((hash ^ (recorder.Existence.Value ? 1UL : 0)) * 1099511628211, recorder.Existence.Version));
    }

    private static ulong Hash(ulong hash, RegisterVersion version) => Hash((hash ^ (ulong)version.Counter) * 1099511628211, version.Node);

    // FNV-1a, because string.GetHashCode differs between processes.
    private static ulong Hash(ulong hash, string text)
    {
        foreach (var letter in text)
            hash = (hash ^ letter) * 1099511628211;

        return hash * 31;
    }
}
