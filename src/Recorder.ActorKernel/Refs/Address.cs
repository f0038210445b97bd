using System.Diagnostics.CodeAnalysis;

namespace Recorder.ActorKernel;

/// <summary>Where an actor system is: <c>protocol://system</c> in this process, <c>protocol://system@host:port</c> elsewhere.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ICloneable
{
    /// <summary>An address that stands for every system.</summary>
    public static readonly Address AllSystems = new("akka", "all-systems");

    /// <summary>Orders addresses by their text.</summary>
    public static readonly IComparer<Address> Comparer = Comparer<Address>.Default;

    private readonly string _text;

    /// <summary>An address.</summary>
    /// <param name="protocol">The protocol, for example <c>akka</c>.</param>
    /// <param name="system">The name of the system.</param>
    /// <param name="host">The host, kept in lower case; null in this process.</param>
    /// <param name="port">The port; null in this process.</param>
    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _text = $"{protocol}://{system}"
            + (string.IsNullOrEmpty(Host) ? "" : "@" + Host)
            + (port is { } p ? ":" + p.ToString(global::System.Globalization.CultureInfo.InvariantCulture) : "");
    }

    /// <summary>The protocol.</summary>
    public string Protocol { get; }

    /// <summary>The name of the system.</summary>
    public string System { get; }

    /// <summary>The host, or null.</summary>
    public string? Host { get; }

    /// <summary>The port, or null.</summary>
    public int? Port { get; }

    /// <summary>True when the address has no host.</summary>
    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    /// <summary>True when the address has a host.</summary>
    public bool HasGlobalScope => !HasLocalScope;

    /// <summary>Reads an address.</summary>
    /// <param name="address">The text.</param>
    /// <returns>The address.</returns>
    /// <exception cref="UriFormatException">The text is no address.</exception>
    public static Address Parse(string address) =>
        TryParse(address, out var parsed) ? parsed : throw new UriFormatException($"[{address}] is not a valid address");

    /// <summary>Reads an address; anything after it, such as a path, is ignored.</summary>
    /// <param name="path">The text.</param>
    /// <param name="address">The address.</param>
    /// <returns>Whether the text starts with an address.</returns>
    public static bool TryParse(string path, [NotNullWhen(true)] out Address? address) => TryParse(path, out address, out _);

    /// <summary>Reads an address and what follows it.</summary>
    /// <param name="path">The text.</param>
    /// <param name="address">The address.</param>
    /// <param name="absolutUri">What follows, at least <c>/</c>.</param>
    /// <returns>Whether the text starts with an address.</returns>
    public static bool TryParse(string path, [NotNullWhen(true)] out Address? address, [NotNullWhen(true)] out string? absolutUri)
    {
        address = null;
        absolutUri = null;
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 4 || !path.StartsWith("akka", StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = path[(scheme + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        if (authority.Length == 0)
            return false;
        absolutUri = slash < 0 ? "/" : rest[slash..];
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            if (authority.Contains(':', StringComparison.Ordinal))
                return false;
            address = new Address(path[..scheme].ToLowerInvariant(), authority);
            return true;
        }

        var colon = authority.LastIndexOf(':');
        if (colon <= at + 1 || !int.TryParse(authority[(colon + 1)..], out var port))
            return false;
        address = new Address(path[..scheme].ToLowerInvariant(), authority[..at], authority[(at + 1)..colon], port);
        return true;
    }

    /// <summary>The address with another protocol.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <returns>The address.</returns>
    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    /// <summary>The address with another system.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The address.</returns>
    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    /// <summary>The address with another host.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The address.</returns>
    public Address WithHost(string? host = null) => new(Protocol, System, host, Port);

    /// <summary>The address with another port.</summary>
    /// <param name="port">The port.</param>
    /// <returns>The address.</returns>
    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    /// <summary>System, host and port, without the protocol.</summary>
    /// <returns>The text.</returns>
    public string HostPort() => _text[(Protocol.Length + 3)..];

    /// <inheritdoc/>
    public object Clone() => new Address(Protocol, System, Host, Port);

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(Address? other) => other is not null && (ReferenceEquals(this, other) || _text == other._text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Address);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public int CompareTo(Address? other) => string.CompareOrdinal(_text, other?._text);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => CompareTo(obj as Address);

    /// <summary>Equality of addresses.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(Address? left, Address? right) => Equals(left, right);

    /// <summary>Inequality of addresses.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(Address? left, Address? right) => !Equals(left, right);
}
