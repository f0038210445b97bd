using Recorder.FFmpeg;
using Recorder.Node.Cli;
using Recorder.Node.Cli.Terminal;

const int BrokenPipe = 32; // EPIPE

NativeHeap.ShareArenas();
var console = CommandOutput.OfProcess();
try
{
    return await CommandLine.RunAsync(args, console);
}
catch (IOException error) when ((error.HResult & 0xFFFF) == BrokenPipe)
{
    // The reader of a pipe has enough ('recorder ls | head'). 141 is what a shell reports for a program that SIGPIPE ended.
    return 141;
}
catch (IOException error)
{
    console.Error($"cannot write to standard output ({error.Message})");
    return ExitCode.Failed;
}
#pragma warning disable CA1031 // A user gets a sentence and an exit code, and never a stack trace.
catch (Exception unexpected)
#pragma warning restore CA1031
{
    console.Error($"unexpected error ({unexpected.GetType().Name}: {unexpected.Message}); --verbose shows more");
    if (args.Contains("--verbose"))
    {
        console.ErrorLine(unexpected.ToString());
    }

    return ExitCode.Failed;
}
