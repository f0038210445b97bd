using Recorder.Actors.Secrets;
using Recorder.Cluster.Index;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Trust;

namespace Recorder.Cluster.Runtime;

/// <summary>How a node takes part in its cluster.</summary>
/// <param name="Card">What it says of itself.</param>
/// <param name="Join">The nodes that its operator named, as host and port.</param>
/// <param name="BindAddress">The address on which its control plane listens, at the card's port.</param>
/// <param name="Journals">Reads the journal of a node at its URL.</param>
/// <param name="Trust">The certificate of its control plane; null to connect without TLS.</param>
/// <param name="Cipher">Encrypts credentials in the registry: the same on all nodes.</param>
internal sealed record ClusterSetup(
    NodeCard Card, IReadOnlyList<string> Join, string BindAddress, string DataFolder, ISecretCipher Cipher, IPeers Peers,
    Func<string, Uri, IJournalSource> Journals, IGreeter Greeter, TrustFolder? Trust = null);

/// <summary>Asks other nodes who they are, over HTTP.</summary>
internal interface IGreeter
{
    /// <summary>Asks nodes; a name with several addresses means all of them.</summary>
    /// <param name="own">What this node tells them of itself.</param>
    /// <returns>Whoever answered.</returns>
    Task<IReadOnlyList<Greeting>> AskAsync(IReadOnlyCollection<Uri> nodes, Greeting own, CancellationToken cancellationToken);
}
