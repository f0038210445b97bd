using Recorder.Actors;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>Runs a <see cref="RecordRequest"/> in this process, from the first actor to the exit code.</summary>
internal static class RecordRun
{
    /// <summary>FFmpeg logs errors that the program handles, too.</summary>
    public const string FFmpegCategory = "FFmpeg";

    /// <summary>Records until every recorder has stopped. Specs add actors in <paramref name="started"/>.</summary>
    public static async Task<int> RunAsync(RecordRequest request, CommandOutput console, Action<RecorderRuntime>? started = null)
    {
        if (OutputPaths.ProblemWithVolume(request.Recorders[0].Target) is { } problem)
        {
            console.Error(problem);
            return ExitCode.Failed;
        }

        using var statistics = RuntimeStatistics.StartIfRequested(TimeProvider.System, console);
        using var logging = Logging(request.Verbosity, console);
        await using var runtime =
            RecorderRuntime.Start(new RecorderRuntimeOptions { Capture = request.Capture }, logging, TimeProvider.System);
        started?.Invoke(runtime);
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var view = ViewFor(request, console);
        var session = runtime.System.ActorOf(
            Props.Create(() => new RecordSessionActor(request, runtime.Recorders, runtime.Events, view, done)), "session");
        using var signals = new StopSignals(
            () =>
            {
                if (request.Verbosity != Verbosity.Quiet)
                    console.Error("Stopping. Press Ctrl-C again to abort.");

                session.Tell(new RecordSessionActor.StopAll());
            },
            () => Abort(console));

        return await done.Task ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Events tell users everything, so without --verbose the log only has errors of the program itself.</summary>
    public static LoggerFactory Logging(Verbosity verbosity, CommandOutput console, LogLevel normal = LogLevel.Error)
    {
        var filter = new LoggerFilterOptions
        {
            MinLevel = verbosity switch { Verbosity.Quiet => LogLevel.Error, Verbosity.Verbose => LogLevel.Debug, _ => normal },
        };
        if (verbosity != Verbosity.Verbose)
        {
            filter.Rules.Add(new LoggerFilterRule(null, FFmpegCategory, LogLevel.None, null));
            filter.Rules.Add(new LoggerFilterRule(null, "Microsoft", LogLevel.Error, null));
            filter.Rules.Add(new LoggerFilterRule(null, "Yarp", LogLevel.Error, null));
        }

        return new LoggerFactory([new StderrLoggerProvider(console)], filter);
    }

    private static ISessionView ViewFor(RecordRequest request, CommandOutput console) =>
        request.Json ? new JsonView(console)
        : console.IsTerminal && request.Verbosity != Verbosity.Quiet ? new LiveView(console)
        : new LineView(console, request.Verbosity == Verbosity.Quiet);

    // Exits without asking the actors, because one of them can hang.
    private static void Abort(CommandOutput console)
    {
        console.Error("Aborted. The files on disk play up to their last complete fragment.");
        Environment.Exit(ExitCode.Aborted);
    }
}
