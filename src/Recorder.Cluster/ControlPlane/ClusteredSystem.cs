using System.Net;
using System.Net.Sockets;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Trust;
using Recorder.Cluster.Wire;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// One life of the clustered actor system, in a host of its own: an actor system that was downed cannot come back, and Akka.Hosting ends the host together
/// with it.
/// </summary>
internal sealed class ClusteredSystem : IAsyncDisposable
{
    private static readonly TimeSpan HostStopTimeout = TimeSpan.FromSeconds(1);

    private readonly IHost _host;
    private readonly CancellationToken _stopping;
    private int _exitCode = Environment.ExitCode;
    private readonly CancellationTokenSource _ended = new();
    private volatile bool _isQuarantined;
    private bool _isStopped;

    private ClusteredSystem(
        ControlPlaneOptions options, TrustSetup? trust, INodeSide side, SharedFormation formation, ILoggerFactory loggers, TimeProvider clock)
    {
        Trust = trust;
        Sight = new ClusterSight(side, clock);
        _host = new HostBuilder()
            .ConfigureServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton(loggers));
                // The process belongs to the outer host: this one does not listen to its signals.
                services.AddSingleton<IHostLifetime, NoLifetime>();
                services.Configure<HostOptions>(host => host.ShutdownTimeout = options.LeaveTimeout);
                services.AddAkka(ControlPlaneConfig.SystemName, builder => WithTrust(builder, trust, loggers)
                    .ConfigureLoggers(logging =>
                    {
                        logging.ClearLoggers();
                        if (trust is null)
                            logging.AddLogger<QuietLogger>();
                        else
                            logging.AddLogger<TransportLogger>();
                    })
                    .AddHocon(ControlPlaneConfig.Create(options, side.Card.Node), HoconAddMode.Prepend)
                    .WithStrictSerialization()
                    .WithCustomSerializer(WireSerializer.Name, [typeof(IWireMessage)], system => new WireSerializer(system))
                    .AddStartup((system, _) => StartActorsAsync(system, side, formation)));
            })
            .Build();
        _stopping = _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    }

    /// <summary>The certificate of this life; null without TLS.</summary>
    public TrustSetup? Trust { get; }

    /// <summary>What is known of the cluster in this life.</summary>
    public ClusterSight Sight { get; }

    public ActorSystem System { get; private set; } = null!;

    public IActorRef Gateway { get; private set; } = ActorRefs.Nobody;

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    /// <summary>Whether another node has quarantined this actor system: nobody listens to it any more.</summary>
    public bool IsQuarantined => _isQuarantined;

    /// <summary>Cancelled when this life has ended in one way or another.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Starts the actor system; it has not joined anything then.</summary>
    /// <exception cref="SocketException">The port is not free.</exception>
    public static async Task<ClusteredSystem> StartAsync(
        ControlPlaneOptions options, TrustSetup? trust, INodeSide side, SharedFormation formation, ILoggerFactory loggers, TimeProvider clock,
        CancellationToken cancellation)
    {
        await ProbePortAsync(options, cancellation);
        var started = new ClusteredSystem(options, trust, side, formation, loggers, clock);
        try
        {
            await started._host.StartAsync(cancellation);
            started.System = started._host.Services.GetRequiredService<ActorSystem>();
            if (started.Gateway.IsNobody())
                throw new InvalidOperationException("The actors of the control plane did not start.");

            started.System.RegisterOnTermination(() => started._ended.Cancel());
            return started;
        }
        catch
        {
            await started.StopHostAsync();
            throw;
        }
    }

    /// <summary>Leaves the cluster in order, as far as there is one.</summary>
    public Task LeaveAsync() => StopHostAsync();

    /// <summary>Ends without leaving.</summary>
    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        // Akka.Hosting takes the end of its actor system for the end of the process: it sets the exit code and then stops its host.
        if (!_isStopped)
            await Task.Delay(HostStopTimeout, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await StopHostAsync();
        if (Environment.ExitCode == -1)
            Environment.ExitCode = _exitCode;

        _ended.Dispose();
    }

    private static AkkaConfigurationBuilder WithTrust(AkkaConfigurationBuilder builder, TrustSetup? trust, ILoggerFactory loggers)
    {
        builder.AddSetup(new LoggerFactorySetup(loggers));
        return trust is null ? builder : builder.AddSetup(trust).AddSetup(trust.Tls);
    }

    // What Akka says of a port in use is a page; a probe says it in a word.
    private static async Task ProbePortAsync(ControlPlaneOptions options, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(options.BindAddress, out var address) ? [address] : await Dns.GetHostAddressesAsync(options.BindAddress, cancellation);
        using var probe = new Socket(addresses[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(addresses[0], options.Port));
        probe.Listen();
    }

    private void OnQuarantined()
    {
        _isQuarantined = true;
        _ended.Cancel();
    }

    private async Task StartActorsAsync(ActorSystem system, INodeSide side, SharedFormation formation)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        var region = await ClusterSharding.Get(system).StartAsync(
            RecorderEntities.TypeName, id => Props.Create(() => new TenureEntity(id, side, Sight, formation)), ClusterShardingSettings.Create(system),
            new RecorderEntities(), new PlanAllocation(Sight, cluster.SelfAddress), PoisonPill.Instance);
        var parts = new GatewayParts(side, Sight, formation, region, OnQuarantined);
        Gateway = system.ActorOf(Props.Create(() => new NodeGateway(parts)), NodeGateway.Name);
    }

    private async Task StopHostAsync()
    {
        if (_isStopped)
            return;

        _isStopped = true;
        if (Environment.ExitCode != -1)
            _exitCode = Environment.ExitCode;

        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
