namespace Recorder.Node.Cli.Arguments;

/// <summary>One sentence: what is wrong in the command line, and what is expected. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
