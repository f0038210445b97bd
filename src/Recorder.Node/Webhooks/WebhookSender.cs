using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Recorder.Actors.Capture;
using Recorder.Node.Security;

namespace Recorder.Node.Webhooks;

/// <summary>Sends signed deliveries to allowed addresses; follows no redirect, uses no proxy, reads only the status.</summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly SourcePolicy _policy;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public WebhookSender(SourcePolicy policy, TimeProvider time)
    {
        (_policy, _time) = (policy, time);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = ConnectAsync,
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 4 << 10,
            // Connections end now and then, so that host names are resolved again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    public async Task<HttpStatusCode> SendAsync(Webhook webhook, string recorder, string kind, long number, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("recorder", "1"));
        request.Headers.Add("Recorder-Event", kind);
        request.Headers.Add("Recorder-Recorder", recorder);
        // The same for each attempt, so that receivers recognize an event that they have already.
        request.Headers.Add("Recorder-Delivery", $"{webhook.Id}-{number.ToString(CultureInfo.InvariantCulture)}");
        request.Headers.Add("Recorder-Timestamp", timestamp);
        request.Headers.Add("Recorder-Signature", "v1=" + Sign(webhook.Secret, timestamp, body.Span));
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.StatusCode;
    }

    /// <summary>The timestamp keeps others from replaying an old delivery.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses;
        try
        {
            addresses = await _policy.ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        }
        catch (ForbiddenAddressException forbidden)
        {
            throw new IOException(forbidden.Message, forbidden);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
