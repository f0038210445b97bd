namespace Recorder.Node.Api;

/// <summary>A node that has something of what is played does not answer.</summary>
internal sealed class PeerAwayException(string node, Exception? inner)
    : IOException($"Node {node} does not answer{(inner is null ? "" : ": " + inner.Message)}.", inner)
{
    public string Node { get; } = node;
}
