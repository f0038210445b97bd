using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Recorder.Node.Security;

/// <summary>Limits how many unknown keys an address may try in a minute. A known key is never counted.</summary>
internal sealed class FailureLimit : IDisposable
{
    // Addresses share buckets, so that memory is bounded however many addresses an attacker has.
    private const int Buckets = 4096;

    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, int>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            (int)((uint)NetworkOf(address).GetHashCode() % Buckets),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) }));

    /// <summary>Counts one more failure; true if there are too many.</summary>
    public bool IsOver(IPAddress? address, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        using var lease = address is null ? null : _limiter.AttemptAcquire(address);
        return lease is { IsAcquired: false } && lease.TryGetMetadata(MetadataName.RetryAfter, out wait);
    }

    public void Dispose() => _limiter.Dispose();

    // A caller in an IPv6 network can use every address of its /64.
    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.MapToIPv4();

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes);
    }
}
