using Recorder.Actors.Catalogue;
using Recorder.Actors.Retention;
using Recorder.Actors.Secrets;
using Recorder.Actors.Timing;

namespace Recorder.Actors;

internal sealed record NodeRuntimeOptions
{
    public required string DataFolder { get; init; }

    /// <summary>Recordings that run when the node stops stay open, and its next start continues them.</summary>
    public RecorderRuntimeOptions Runtime { get; init => field = value with { KeepRecordings = true }; } = new() { KeepRecordings = true };

    public CatalogueOptions Catalogue { get; init; } = new();

    public ISecretCipher Cipher { get; init; } = NoCipher.Instance;

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The node's clock, where other parts of the program use it, too; null makes one.</summary>
    public NodeClock? Clock { get; init; }

    /// <summary>The wait before a failed recorder is started again; it doubles up to two minutes. 1 s.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Creates the node's part in a cluster; null for a node on its own.</summary>
    public Func<ClusterHost, Task<INodeCluster>>? Cluster { get; init; }

    public string RecordingsFolder => Path.Combine(Path.GetFullPath(DataFolder), "recordings");

    public string CatalogueFile => Path.Combine(Path.GetFullPath(DataFolder), "catalogue.db");
}
