using System.Globalization;
using System.Net;

namespace Recorder.Rtsp.Sdp;

/// <summary>A c= line.</summary>
/// <param name="Address">An address or a name.</param>
/// <param name="Ttl">Of a multicast group; null if not stated.</param>
internal sealed record ConnectionAddress(string Address, int? Ttl)
{
    public bool IsMulticast => IPAddress.TryParse(Address, out var address) && IsGroup(address);

    /// <summary>Whether an address is that of a multicast group.</summary>
    public static bool IsGroup(IPAddress address) =>
        address.IsIPv6Multicast || (address.GetAddressBytes() is { Length: 4 } bytes && bytes[0] is >= 224 and <= 239);

    /// <param name="value">Such as IN IP4 224.2.1.1/127/3.</param>
    /// <returns>Null if there is no address.</returns>
    public static ConnectionAddress? Parse(string value)
    {
        if (value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [_, var type, var address, ..])
            return null;

        var parts = address.Split('/');
        if (parts[0].Length == 0)
            return null;

        // IPv6 has no time to live: a number there is how many addresses follow.
        var hasTtl = !type.Equals("IP6", StringComparison.OrdinalIgnoreCase) && parts.Length > 1;
        return new ConnectionAddress(parts[0],
            hasTtl && byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ttl) ? ttl : null);
    }
}
