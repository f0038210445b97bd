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
    // 'recorder ls | head': whoever read has enough. What a shell says of a program that SIGPIPE ended.
    return 141;
}
catch (IOException error)
{
    console.Error($"cannot write any more ({error.Message})");
    return ExitCode.Failed;
}
#pragma warning disable CA1031 // The last line of defence: a sentence and an exit code, never a stack trace at a user.
catch (Exception unexpected)
#pragma warning restore CA1031
{
    console.Error($"something went wrong that should not have ({unexpected.GetType().Name}: {unexpected.Message}); --verbose says more");
    if (args.Contains("--verbose"))
    {
        console.ErrorLine(unexpected.ToString());
    }

    return ExitCode.Failed;
}
