using System.Collections.Concurrent;
using System.Net;

namespace Recorder.Node.Security;

/// <summary>Counts failures by address: so many a minute, and of so many addresses at most. A key that is right is never held up.</summary>
internal sealed class FailureLimit(TimeProvider time)
{
    private const int MostFailures = 30;
    private const int MostAddresses = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, (long Since, int Count)> _failures = new();

    /// <summary>Counts one more failure of an address.</summary>
    /// <returns>Whether there are too many, and how long to wait.</returns>
    public bool IsOver(IPAddress? address, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (address is null)
        {
            return false;
        }

        if (_failures.Count >= MostAddresses)
        {
            _failures.Clear();
        }

        var now = time.GetTimestamp();
        var (since, count) = _failures.AddOrUpdate(
            // Whoever has an IPv6 network has all of its addresses.
            Key(address),
            _ => (now, 1),
            (_, old) => time.GetElapsedTime(old.Since, now) >= Window ? (now, 1) : (old.Since, old.Count + 1));
        wait = Window - time.GetElapsedTime(since, now);
        return count > MostFailures;
    }

    private static IPAddress Key(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes);
    }
}
