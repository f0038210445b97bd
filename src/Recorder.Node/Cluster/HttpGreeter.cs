using Recorder.Node.Api;
using System.Net;
using System.Net.Http.Json;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Wire;

namespace Recorder.Node.Cluster;

/// <summary>Asks other nodes who they are, at <c>POST /v1/nodes/self/greeting</c>, and tells them who it is.</summary>
internal sealed class HttpGreeter(PeerLinks links) : IGreeter
{
    public const string Path = "/v1/nodes/self/greeting";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<Greeting>> AskAsync(IReadOnlyCollection<Uri> nodes, Greeting own, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        var addresses = await Task.WhenAll(nodes.Select(node => FindAddressesAsync(node, deadline.Token)));
        var answers = await Task.WhenAll(addresses.SelectMany(all => all).Distinct().Select(node => AskAsync(node, own, deadline.Token)));
        return [.. answers.OfType<Greeting>()];
    }

    // A name may stand for several nodes, as that of a headless service does.
    private static async Task<IEnumerable<Uri>> FindAddressesAsync(Uri node, CancellationToken cancellationToken)
    {
        if (node.HostNameType != UriHostNameType.Dns)
            return [node];

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(node.Host, cancellationToken);
            return addresses.Length > 1 && node.Scheme == Uri.UriSchemeHttp
                ? addresses.Select(address => new UriBuilder(node) { Host = address.ToString() }.Uri)
                : [node];
        }
        catch (Exception unknown) when (unknown is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return [];
        }
    }

    private async Task<Greeting?> AskAsync(Uri node, Greeting own, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonContent.Create(own, WireJson.Default.Greeting);
            using var response = await links.SendAsync(node, HttpMethod.Post, Path, Security.Access.Unguarded, body, null, cancellationToken);
            return response.IsSuccessStatusCode
                ? await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(cancellationToken), WireJson.Default.Greeting, cancellationToken)
                : null;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or JsonException or IOException)
        {
            return null;
        }
    }
}
