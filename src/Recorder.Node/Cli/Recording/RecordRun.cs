using Microsoft.Extensions.Logging;
using Recorder.Actors;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>Runs a <see cref="RecordRequest"/> in this process, from the first actor to the exit code.</summary>
internal static class RecordRun
{
    /// <summary>The category of FFmpeg's own messages, which even for an error that is dealt with are errors.</summary>
    public const string FFmpegCategory = "FFmpeg";

    /// <summary>Records until all is over.</summary>
    /// <param name="request">What to record.</param>
    /// <param name="console">Where progress is shown.</param>
    /// <param name="started">Called with the actors before anything is recorded, for specs that put their own beside them.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RecordRequest request, CommandOutput console, Action<RecorderRuntime>? started = null)
    {
        if (OutputPaths.ProblemWithVolume(request.Recorders[0].Target) is { } problem)
        {
            console.Error(problem);
            return ExitCode.Failed;
        }

        using var statistics = RuntimeStatistics.IfAsked(TimeProvider.System, console);
        using var logging = Logging(request.Verbosity, console);
        await using var runtime = RecorderRuntime.Start(new RecorderRuntimeOptions { Capture = request.Capture }, logging, TimeProvider.System);
        started?.Invoke(runtime);
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var view = ViewFor(request, console);
        var session = runtime.System.ActorOf(
            Props.Create(() => new RecordSessionActor(request, runtime.Recorders, runtime.Events, view, done)), "session");
        using var signals = new StopSignals(
            () =>
            {
                if (request.Verbosity != Verbosity.Quiet)
                {
                    console.Error("stopping; a second Ctrl-C aborts");
                }

                session.Tell(new RecordSessionActor.StopAll());
            },
            () => Abort(console));

        return await done.Task ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>
    /// A logger on standard error. Whatever a user must know comes as an event and is said once, in one sentence; the log says it
    /// again in other words, so that without --verbose only errors in the program itself are let through.
    /// </summary>
    public static LoggerFactory Logging(Verbosity verbosity, CommandOutput console)
    {
        var filter = new LoggerFilterOptions { MinLevel = verbosity == Verbosity.Verbose ? LogLevel.Debug : LogLevel.Error };
        if (verbosity != Verbosity.Verbose)
        {
            filter.Rules.Add(new LoggerFilterRule(null, FFmpegCategory, LogLevel.None, null));
        }

        return new LoggerFactory([new StderrLoggerProvider(console)], filter);
    }

    private static ISessionView ViewFor(RecordRequest request, CommandOutput console) =>
        request.Json ? new JsonView(console)
        : console.IsTerminal && request.Verbosity != Verbosity.Quiet ? new LiveView(console)
        : new LineView(console, request.Verbosity == Verbosity.Quiet);

    // Not by way of the actors: the user wants out now, whatever hangs. What is on disk plays up to the last fragment.
    private static void Abort(CommandOutput console)
    {
        console.Error("aborted; what is on disk plays up to its last fragment");
        Environment.Exit(ExitCode.Aborted);
    }
}
