using System.Globalization;

namespace Recorder.Rtsp.Messages;

/// <summary>Two channels or ports: for RTP and for RTCP.</summary>
internal readonly record struct PortPair(int Rtp, int Rtcp)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rtp}-{Rtcp}");
}

/// <summary>The Transport header (RFC 2326, 12.39). What a server writes wrongly is as if it was not there.</summary>
/// <param name="Protocol">Such as RTP/AVP/TCP; empty if missing.</param>
internal sealed record TransportHeader(string Protocol)
{
    public bool IsTcp => Protocol.EndsWith("/TCP", StringComparison.OrdinalIgnoreCase);

    public bool IsMulticast { get; init; }

    public PortPair? Interleaved { get; init; }

    public PortPair? ClientPort { get; init; }

    public PortPair? ServerPort { get; init; }

    /// <summary>The ports of a multicast group.</summary>
    public PortPair? Port { get; init; }

    public string? Source { get; init; }

    public string? Destination { get; init; }

    public uint? Ssrc { get; init; }

    public int? Ttl { get; init; }

    public string? Mode { get; init; }

    /// <summary>Asks for frames between the messages, on a channel and the next.</summary>
    public static TransportHeader OverTcp(byte channel) => new("RTP/AVP/TCP") { Interleaved = new PortPair(channel, channel + 1) };

    /// <summary>Asks for packets to this port and the next.</summary>
    public static TransportHeader OverUdp(int port) => new("RTP/AVP") { ClientPort = new PortPair(port, port + 1) };

    /// <summary>Asks for the packets of a multicast group that the server chooses.</summary>
    public static TransportHeader OverMulticast() => new("RTP/AVP") { IsMulticast = true };

    /// <summary>Parses the first transport of a header. Never fails.</summary>
    public static TransportHeader Parse(string value)
    {
        var transport = new TransportHeader("");
        if (QuotedText.Split(value, ',') is not [var first, ..])
            return transport;

        foreach (var part in QuotedText.Split(first, ';'))
        {
            var (name, text) = QuotedText.Parameter(part);
            transport = name.ToUpperInvariant() switch
            {
                "UNICAST" => transport with { IsMulticast = false },
                "MULTICAST" => transport with { IsMulticast = true },
                "INTERLEAVED" => transport with { Interleaved = Pair(text, 255) },
                "CLIENT_PORT" => transport with { ClientPort = Pair(text, 65535) },
                "SERVER_PORT" => transport with { ServerPort = Pair(text, 65535) },
                "PORT" => transport with { Port = Pair(text, 65535) },
                "SOURCE" => transport with { Source = Known(text) },
                "DESTINATION" => transport with { Destination = Known(text) },
                "SSRC" => transport with { Ssrc = ParseSsrc(text) },
                "TTL" => transport with { Ttl = Number(text, 255) },
                "MODE" => transport with { Mode = Known(text) },
                _ when part.Contains('/', StringComparison.Ordinal) && transport.Protocol.Length == 0 => transport with { Protocol = part },
                _ => transport,
            };
        }

        return transport;
    }

    /// <summary>The value of a request's header.</summary>
    public override string ToString()
    {
        var text = $"{Protocol};{(IsMulticast ? "multicast" : "unicast")}";
        if (Interleaved is { } channels)
            text += $";interleaved={channels}";
        if (ClientPort is { } ports)
            text += $";client_port={ports}";
        return text;
    }

    private static string? Known(string text) => text.Length == 0 ? null : text;

    private static PortPair? Pair(string text, int most)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (Number(dash < 0 ? text : text[..dash], most) is not { } first)
            return null;

        // Some write one number and mean two; the second may then be beyond what there is.
        var second = dash < 0 ? null : Number(text[(dash + 1)..], most);
        return new PortPair(first, second ?? Math.Min(first + 1, most));
    }

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            && number <= most ? number : null;

    // Hexadecimal (12.39). Cameras put 0x before it, spaces or another number behind it, or write a negative number as 64 bits.
    private static uint? ParseSsrc(string text)
    {
        var digits = text.AsSpan().Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];

        var length = 0;
        while (length < digits.Length && char.IsAsciiHexDigit(digits[length]))
            length++;

        digits = digits[Math.Max(0, length - 8)..length];
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ssrc) ? ssrc : null;
    }
}
