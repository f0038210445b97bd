using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Recorder.Actors;
using Recorder.Node.Api;

namespace Recorder.Node.HyperDeck;

/// <summary>Serves each configured group as a HyperDeck; begins after the recorders, and ends before them.</summary>
internal sealed partial class HyperDeckService(
    ServeOptions options, NodeRuntime node, RegistryClient registry, TakeClient takes, ClusterMediator mediator, TimeProvider time, ILoggerFactory logging) : IHostedService
{
    private static readonly IReadOnlyList<IPNetwork> Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    private readonly ILogger _logger = logging.CreateLogger("HyperDeck");
    private readonly List<RecorderGroupDeck> _decks = [];
    private readonly List<DeckServer> _servers = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Who allows nobody else listens where nobody else can connect.
        var isLocal = options.HyperDeckAllow.Count == 0;
        var address = isLocal ? IPAddress.Loopback : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        foreach (var group in options.HyperDecks)
        {
            var deck = new RecorderGroupDeck(group, options, node, registry, takes, mediator.Events, time, _logger);
            _decks.Add(deck);
            var serving = new DeckServerOptions { Listen = new IPEndPoint(address, group.Port), Allowed = isLocal ? Loopback : options.HyperDeckAllow };
            try
            {
                _servers.Add(new DeckServer(deck, serving, time, _logger));
                LogServes(group, serving.Listen);
            }
            catch (SocketException taken)
            {
                await StopAsync(cancellationToken);
                throw new ServeException(
                    $"Cannot listen on {serving.Listen} for the HyperDeck group '{group.Name}' ({taken.Message}); choose another port with "
                    + $"--hyperdeck {group.Name}={string.Join('+', group.Recorders)}@PORT.", taken);
            }
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A command under way may take longer than the node has left.
            await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask())).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The recorders end in any case.
        }

        _decks.ForEach(deck => deck.Dispose());
        _servers.Clear();
        _decks.Clear();
    }

    [LoggerMessage(EventId = 7200, Level = LogLevel.Information, Message = "The HyperDeck group {Group} is controlled on {Address}")]
    private partial void LogServes(HyperDeckGroup group, IPEndPoint address);
}

internal static class HyperDeckServices
{
    /// <summary>Adds nothing where no group is configured. Must come after the service that begins the node.</summary>
    public static void AddHyperDecks(this IServiceCollection services, ServeOptions options)
    {
        if (options.HyperDecks.Count > 0)
            services.AddHostedService<HyperDeckService>();
    }
}
