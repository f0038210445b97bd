using Recorder.Actors.Secrets;
using Recorder.Cluster.Index;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Takes;
using Recorder.Cluster.Trust;

namespace Recorder.Cluster.Runtime;

/// <summary>How a node takes part in its cluster.</summary>
/// <param name="Card">What it says of itself.</param>
/// <param name="Join">The nodes that its operator named, as host and port.</param>
/// <param name="BindAddress">The address on which its control plane listens, at the card's port.</param>
/// <param name="Journals">Reads the journal of a node at its URL.</param>
/// <param name="Takes">Asks other nodes about takes.</param>
/// <param name="Trust">The certificate of its control plane; null to connect without TLS.</param>
/// <param name="Cipher">Encrypts credentials in the registry: the same on all nodes.</param>
internal sealed record ClusterSetup(
    NodeCard Card, IReadOnlyList<string> Join, string BindAddress, string DataFolder, ISecretCipher Cipher, IPeers Peers,
    Func<string, Uri, IJournalSource> Journals, IGreeter Greeter, ITakePeers Takes, TrustFolder? Trust = null);

/// <summary>Asks other nodes who they are, over HTTP.</summary>
internal interface IGreeter
{
    /// <summary>Asks nodes; a name with several addresses means all of them.</summary>
    /// <param name="own">What this node tells them of itself.</param>
    /// <returns>What became of it for each address.</returns>
    Task<IReadOnlyList<GreetingAnswer>> AskAsync(IReadOnlyCollection<Uri> nodes, Greeting own, CancellationToken cancellationToken);
}

/// <summary>What became of asking a node who it is.</summary>
/// <param name="Asked">The node as it was named.</param>
/// <param name="Greeting">Its answer; null when it gave none that can be used.</param>
/// <param name="Problem">Why there is none.</param>
internal sealed record GreetingAnswer(Uri Asked, Greeting? Greeting, GreetingProblem? Problem = null);

/// <summary>Why a node is not joined.</summary>
/// <param name="Reason">A sentence without its subject, which is the address.</param>
/// <param name="IsAway">Whether nothing answers there, as while a node is down.</param>
internal sealed record GreetingProblem(string Reason, bool IsAway = false);
