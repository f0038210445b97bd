using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Trust;
using Recorder.Cluster.Wire;
using Recorder.Contracts;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// The control plane of a node for as long as its process lives. Its actor system may end at any time (downed by the others, quarantined, given up for another
/// formation) and is then started anew; the recordings of the node do not depend on it.
/// </summary>
internal sealed class ControlPlaneService(
    INodeSide side, ControlPlaneOptions options, ILoggerFactory loggers, TimeProvider clock) : IControlPlane, IAsyncDisposable
{
    // A life that lasted this long ended for a reason of its own: the next one starts as soon as the first did.
    private static readonly TimeSpan CalmAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = loggers.CreateLogger<ControlPlaneService>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Refusals _refusals = new(loggers.CreateLogger<TrustFolder>(), clock);
    private readonly SharedFormation _formation = new(clock);
    private volatile ClusteredSystem? _system;
    private Task _running = Task.CompletedTask;
    private long _restarts;

    /// <summary>The formation of which this node is part; null while its control plane is down or joining.</summary>
    public Formation? Formation => _formation.Own;

    public bool IsRefused => _formation.IsRefused;

    /// <summary>How often it ended and was started again.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    /// <summary>The actor system of the moment; null while it is down.</summary>
    internal ActorSystem? System => _system?.System;

    /// <summary>Starts the control plane and returns at once: it tries for as long as it takes.</summary>
    public Task StartAsync()
    {
        _running = Task.Run(RunAsync);
        return Task.CompletedTask;
    }

    public void Report(IReadOnlyList<HeldRecorder> held) => _system?.Gateway.Tell(new NodeGateway.Report(held));

    public void Announce() => _system?.Gateway.Tell(NodeGateway.Tick.Instance);

    public void Spread(IReadOnlyList<RegisteredRecorder> recorders) => _system?.Gateway.Tell(new NodeGateway.Spread(recorders));

    public async Task<HandOverAnswer> HandOverAsync(string node, RecorderId recorder, Tenure successor, TimeSpan timeout)
    {
        if (_system is not { } system || !system.Sight.Members.TryGetValue(node, out var member))
            throw new TimeoutException($"Node {node} is not a member of this node's cluster, or cannot be reached now.");

        using var gone = new CancellationTokenSource();
        try
        {
            var asking = NodeGateway.On(system.System, member.Address).Ask<HandedOver>(new HandOver(recorder, successor), timeout, gone.Token);
            for (var missed = 0; !asking.IsCompleted && missed < 2;)
            {
                await Task.WhenAny(asking, Task.Delay(LookInterval, clock, CancellationToken.None));
                missed = system.Sight.Members.TryGetValue(node, out var now) && now.Card.Start == member.Card.Start ? 0 : missed + 1;
            }

            // Who has died in between does not answer, and the camera does not wait.
            if (!asking.IsCompleted)
                await gone.CancelAsync();

            return new HandOverAnswer((await asking).History);
        }
        catch (OperationCanceledException exception) when (gone.IsCancellationRequested)
        {
            throw new TimeoutException($"Node {node} left the cluster before it answered.", exception);
        }
        catch (AskTimeoutException exception)
        {
            throw new TimeoutException($"Node {node} did not answer within {timeout}.", exception);
        }
    }

    /// <summary>Leaves the cluster in order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // It runs on the thread pool and does not wait for this call.
        await _running;
#pragma warning restore VSTHRD003
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var delay = options.FirstBackOff;
        while (!_stop.IsCancellationRequested)
        {
            var startedAt = clock.GetTimestamp();
            var end = await LiveAsync();
            if (_stop.IsCancellationRequested)
                return;

            Interlocked.Increment(ref _restarts);
            if (clock.GetElapsedTime(startedAt) >= CalmAfter)
                delay = options.FirstBackOff;

            var pause = end.IsAtOnce ? TimeSpan.Zero : delay;
            end.Log(_logger, pause);
            await Task.Delay(pause, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < options.LongestBackOff ? delay * 2 : options.LongestBackOff;
        }
    }

    // One life of the actor system.
    private async Task<End> LiveAsync()
    {
        try
        {
            _formation.Start();
            var trust = options.Trust is null ? null : new TrustSetup(options.Trust, _refusals, clock);
            await using var system = await ClusteredSystem.StartAsync(options, trust, side, _formation, loggers, clock, _stop.Token);
            _system = system;
            var end = await TakePartAsync(system, new FormationLoop(side, options, _formation, _refusals, _logger, clock));
            _system = null;
            if (_stop.IsCancellationRequested)
            {
                await system.LeaveAsync();
                ControlPlaneLog.Left(_logger);
            }

            return end;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return new End((logger, pause) => ControlPlaneLog.PortInUse(logger, options.Port, options.BindAddress, pause));
        }
        // Whatever it is: the node goes on recording, and the control plane tries again.
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            return new End((logger, pause) => ControlPlaneLog.NotStarted(logger, exception, pause));
        }
        catch (OperationCanceledException)
        {
            return new End((_, _) => { });
        }
        finally
        {
            _system = null;
            _formation.Leave();
            side.SetMembers([]);
        }
    }

    private async Task<End> TakePartAsync(ClusteredSystem system, FormationLoop loop)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(system.Ended, _stop.Token);
        while (!life.IsCancellationRequested)
        {
            if (await loop.StepAsync(system.Cluster, life.Token) is { } reason)
                return EndFor(reason, isAtOnce: true);

            if (system.Trust?.IsRenewed == true)
                return EndFor("its certificate was renewed", isAtOnce: true);

            await Task.Delay(options.GreetInterval, clock, life.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return system.IsQuarantined ? EndFor("another node has quarantined it", isAtOnce: true) : EndFor("it is no longer a member", isAtOnce: false);
    }

    private static End EndFor(string reason, bool isAtOnce) =>
        new((logger, pause) => ControlPlaneLog.Ended(logger, reason, pause)) { IsAtOnce = isAtOnce };

    /// <summary>How a life ended, and what to say of it.</summary>
    private sealed record End(Action<ILogger, TimeSpan> Log)
    {
        public bool IsAtOnce { get; init; }
    }
}
