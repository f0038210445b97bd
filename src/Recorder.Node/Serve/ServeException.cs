namespace Recorder.Node.Serve;

/// <summary>The node cannot start; the message is one sentence that says why and what to do.</summary>
internal sealed class ServeException(string message, Exception? inner = null) : Exception(message, inner);
