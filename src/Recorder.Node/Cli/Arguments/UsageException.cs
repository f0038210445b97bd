namespace Recorder.Node.Cli.Arguments;

/// <summary>A command line that is not valid; the program shows the message and exits with code 2.</summary>
/// <param name="message">One sentence that names the option or argument, what is wrong and what is expected.</param>
internal sealed class UsageException(string message) : Exception(message);
