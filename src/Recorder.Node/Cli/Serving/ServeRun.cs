using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;
using Recorder.Node.Cli.Recording;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Serve;

namespace Recorder.Node.Cli.Serving;

/// <summary>Runs <c>recorder serve</c> in this process until it is told to end.</summary>
internal static class ServeRun
{
    /// <summary>Serves until the first signal; a second one aborts.</summary>
    public static async Task<int> RunAsync(ServeRequest request, CommandOutput console)
    {
        using var statistics = RuntimeStatistics.StartIfRequested(TimeProvider.System, console);
        using var logging = StderrLoggerProvider.CreateFactory(request.Verbosity, console, LogLevel.Information);
        using var starting = new CancellationTokenSource();
        var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signals = new StopSignals(
            () =>
            {
                starting.Cancel();
                ending.TrySetResult();
            },
            () => Environment.Exit(ExitCode.Aborted));
        try
        {
            await using var host = await NodeHost.StartAsync(request.Options, starting.Token, logging);
            console.Line($"recorder serves {request.Options.DataFolder} on {host.Address}");
            console.Line($"the control room is {PageAddress(host.Address)}");
            Notify(ServiceState.Ready);
            using var ended = host.Stopping.Register(() => ending.TrySetResult());
            await ending.Task;
            if (!starting.IsCancellationRequested)
            {
                console.Error("the actor system ended by itself; the log says why. Restart the node; its recordings continue.");
                return ExitCode.Failed;
            }

            Notify(ServiceState.Stopping);
            if (request.Verbosity != Verbosity.Quiet)
                console.Error("ending; a second signal aborts");
        }
        catch (ServeException refused)
        {
            console.Error(refused.Message);
            return refused.IsUsage ? ExitCode.Usage : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (starting.IsCancellationRequested)
        {
            // A stop signal arrived before the node had started.
        }

        return ExitCode.Done;
    }

    // No browser can open the address of all interfaces.
    private static Uri PageAddress(Uri served) => IPAddress.TryParse(served.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        ? new UriBuilder(served) { Host = Dns.GetHostName() }.Uri
        : served;

    /// <summary>Tells systemd about the node (<c>Type=notify</c>); does nothing where systemd did not start it.</summary>
    internal static void Notify(ServiceState state)
    {
        try
        {
            new SystemdNotifier().Notify(state);
        }
        catch (SocketException)
        {
            // systemd's own timeout deals with a missing notice; the node serves its callers without one.
        }
    }
}
