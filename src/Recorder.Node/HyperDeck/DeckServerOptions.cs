using System.Net;

namespace Recorder.Node.HyperDeck;

/// <summary>Where a deck is reached, and by whom.</summary>
internal sealed record DeckServerOptions
{
    public required IPEndPoint Listen { get; init; }

    /// <summary>The networks of the clients that may connect; the others are rejected.</summary>
    public required IReadOnlyList<IPNetwork> Allowed { get; init; }

    /// <summary>Clients at a time. A real deck takes one.</summary>
    public int MostClients { get; init; } = 8;

    /// <summary>How long a client may take to accept a message.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public bool Allows(IPAddress address)
    {
        var client = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Allowed.Any(network => network.Contains(client));
    }
}
