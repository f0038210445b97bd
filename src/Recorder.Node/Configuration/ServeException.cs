namespace Recorder.Node.Configuration;

/// <summary>The node cannot start; the message is one sentence that says why and what to do.</summary>
internal sealed class ServeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it is how the node was told to start that is wrong.</summary>
    public bool IsUsage { get; init; }
}
