using System.Net;
using System.Net.Sockets;

namespace Recorder.Node.Security;

/// <summary>Decides which addresses a node connects to when a caller names them.</summary>
internal sealed class AddressRules
{
    private static readonly IPNetwork[] Private = Parse(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7");

    private static readonly IPNetwork[] Loopback = Parse("127.0.0.0/8", "::1/128");

    // Special-purpose networks (RFC 6890), and the addresses at which clouds give credentials to their machines.
    private static readonly (string What, IPNetwork[] Networks)[] Never =
    [
        ("a cloud's metadata address", Parse(
            "169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
            "fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128")),
        ("a link-local address", Parse("169.254.0.0/16", "fe80::/10", "fec0::/10")),
        ("a multicast address", Parse("224.0.0.0/4", "ff00::/8")),
        ("not an address of a host", Parse(
            "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "240.0.0.0/4", "::/128", "100::/64", "2001:db8::/32")),
    ];

    // IPv6 networks that routers translate to IPv4, with the position of the IPv4 address.
    private static readonly (IPNetwork Network, int At, bool Inverted)[] Embedding =
    [
        (IPNetwork.Parse("::/96"), 12, false),
        (IPNetwork.Parse("::ffff:0:0:0/96"), 12, false),
        (IPNetwork.Parse("64:ff9b::/96"), 12, false),
        (IPNetwork.Parse("64:ff9b:1::/48"), 12, false),
        (IPNetwork.Parse("2002::/16"), 2, false),
        (IPNetwork.Parse("2001::/32"), 12, true),
    ];

    private readonly bool _private;
    private readonly bool _public;
    private readonly bool _loopback;
    private readonly IPNetwork[] _networks;

    public AddressRules(IReadOnlyList<string> networks, bool loopback)
    {
        (_private, _public, _loopback) = (networks.Contains("private"), networks.Contains("public"), loopback);
        _networks = [.. networks.Where(network => network is not ("private" or "public")).Select(network =>
            IPNetwork.TryParse(network, out var parsed) ? parsed
            : throw new FormatException($"'{network}' is not a network; expected private, public, or for example 10.20.0.0/16."))];
    }

    /// <summary>Says why an address may not be connected to; null if it may.</summary>
    public string? Problem(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        else if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // Drops the zone, because networks have none.
            address = new IPAddress(address.GetAddressBytes());
            if (!IsIn(Loopback, address) && !address.Equals(IPAddress.IPv6Any) && EmbeddedIn(address) is { } inner && Problem(inner) is { } problem)
                return problem;
        }

        foreach (var (what, networks) in Never)
        {
            if (IsIn(networks, address))
                return $"{address} is {what}, which is never opened";
        }

        if (IsIn(Loopback, address))
            return _loopback ? null : $"{address} is this machine itself, which is opened only while the node listens on loopback alone";

        return (IsIn(Private, address) ? _private : _public) || IsIn(_networks, address)
            ? null
            : $"{address} is in none of the networks that sources may be in (sourceNetworks)";
    }

    public static bool IsLoopback(IPAddress address) => IsIn(Loopback, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static IPAddress? EmbeddedIn(IPAddress address)
    {
        foreach (var (network, at, inverted) in Embedding)
        {
            if (network.Contains(address))
            {
                var bytes = address.GetAddressBytes()[at..(at + 4)];
                return new IPAddress(inverted ? Array.ConvertAll(bytes, b => (byte)~b) : bytes);
            }
        }

        return null;
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Parse(params string[] networks) => Array.ConvertAll(networks, IPNetwork.Parse);
}
