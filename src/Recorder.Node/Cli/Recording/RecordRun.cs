using Recorder.Actors;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>Runs a <see cref="RecordRequest"/> in this process, from the first actor to the exit code.</summary>
internal static class RecordRun
{
    /// <summary>Records until every recorder has stopped. Specs add actors in <paramref name="started"/>.</summary>
    public static async Task<int> RunAsync(RecordRequest request, CommandOutput console, Action<RecorderRuntime>? started = null)
    {
        if (OutputPaths.ProblemWithVolume(request.Recorders[0].Target) is { } problem)
        {
            console.Error(problem);
            return ExitCode.Failed;
        }

        using var statistics = RuntimeStatistics.StartIfRequested(TimeProvider.System, console);
        using var logging = StderrLoggerProvider.CreateFactory(request.Verbosity, console);
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
