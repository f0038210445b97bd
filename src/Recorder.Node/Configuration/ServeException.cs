namespace Recorder.Node.Configuration;

/// <summary>Says why the node cannot start and what to do, in one sentence.</summary>
internal sealed class ServeException(string message, Exception? inner = null) : Exception(message, inner)
{
    public bool IsUsage { get; init; }
}
