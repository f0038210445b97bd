using System.Net;
using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Takes;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Cluster;

/// <summary>The takes of other nodes, over HTTP.</summary>
internal sealed class HttpTakePeers(PeerLinks links) : ITakePeers
{
    // A take with thousands of marks is read by the others when they compare: a body is limited, an answer is not.
    private const int LargestTold = 512 << 10;

    public async Task<Take?> TellAsync(ClusterMember node, Take take, CancellationToken cancellationToken)
    {
        var body = ProtocolJson.WriteUtf8(take);
        return body.Length > LargestTold ? null
            : await SendAsync(node, HttpMethod.Put, $"{PeerEndpoints.Takes}/{take.Id}", body, cancellationToken) is { Length: > 0 } newer ? Read(newer, node) : null;
    }

    public async Task<IReadOnlyList<TakeHead>> ListAsync(ClusterMember node, CancellationToken cancellationToken)
    {
        var list = await SendAsync(node, HttpMethod.Get, PeerEndpoints.Takes, null, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(list, PeerJson.Default.TakeHeadArray)!;
        }
        catch (JsonException unusable)
        {
            throw NoAnswer(node, unusable);
        }
    }

    public async Task<Take?> ReadAsync(ClusterMember node, TakeId take, CancellationToken cancellationToken) =>
        await SendAsync(node, HttpMethod.Get, $"{PeerEndpoints.Takes}/{take}", null, cancellationToken) is { Length: > 0 } copy ? Read(copy, node) : null;

    public async Task<int> ReserveAsync(ClusterMember node, string scene, int number, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new NumberWanted { Scene = scene, Number = number }, PeerJson.Default.NumberWanted);
        var answer = await SendAsync(node, HttpMethod.Post, PeerEndpoints.Numbers, body, cancellationToken);
        return int.TryParse(Encoding.ASCII.GetString(answer), CultureInfo.InvariantCulture, out var before) ? before : throw NoAnswer(node, null);
    }

    private async Task<byte[]> SendAsync(ClusterMember node, HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = body is null ? null : new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var response = await links.SendAsync(node.Url, method, path, Access.Unguarded, content, null, cancellationToken);
            return response.IsSuccessStatusCode
                ? response.StatusCode == HttpStatusCode.NoContent ? [] : await response.Content.ReadAsByteArrayAsync(cancellationToken)
                : throw new CatalogueUnavailableException($"Node {node.Name} answered {(int)response.StatusCode}.");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            throw NoAnswer(node, broken);
        }
    }

    private static Take Read(byte[] copy, ClusterMember node)
    {
        try
        {
            return ProtocolJson.Read<Take>(Encoding.UTF8.GetString(copy));
        }
        catch (JsonException unusable)
        {
            throw NoAnswer(node, unusable);
        }
    }

    private static CatalogueUnavailableException NoAnswer(ClusterMember node, Exception? cause) =>
        new($"Node {node.Name} gave no usable answer about takes: {cause?.Message}", cause);
}
