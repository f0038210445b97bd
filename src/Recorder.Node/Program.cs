using Recorder.Node.Cli;
using Recorder.Node.Cli.Terminal;

const int BrokenPipe = 32; // EPIPE

NativeHeap.ShareArenas();
NativeHeap.KeepFreedMemory();
var console = CommandOutput.OfProcess();
try
{
    return await CommandLine.RunAsync(args, console);
}
catch (IOException error) when ((error.HResult & 0xFFFF) == BrokenPipe)
{
    // In 'recorder ls | head' the reader closed the pipe. Shells report a program that SIGPIPE ended as 141.
    return 141;
}
catch (IOException error)
{
    console.Error($"Cannot write to standard output: {error.Message}");
    return ExitCode.Failed;
}
#pragma warning disable CA1031 // Users get a message and an exit code, not a stack trace.
catch (Exception unexpected)
#pragma warning restore CA1031
{
    console.Error($"Internal error: {unexpected.GetType().Name}: {unexpected.Message} Run the command with --verbose for details.");
    if (args.Contains("--verbose"))
        console.ErrorLine(unexpected.ToString());

    return ExitCode.Failed;
}
