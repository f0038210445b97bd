namespace Recorder.Node.Cli.Client;

/// <summary>A node does not answer or refuses a request; the message is shown to the user.</summary>
internal sealed class NodeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Null when there was no answer.</summary>
    public int? Status { get; init; }
}
