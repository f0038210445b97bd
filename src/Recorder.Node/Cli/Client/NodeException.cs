namespace Recorder.Node.Cli.Client;

/// <summary>A node does not answer, or refuses; the message is a sentence or two that say what to do.</summary>
internal sealed class NodeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The status it refused with; null when there was no answer.</summary>
    public int? Status { get; init; }
}
