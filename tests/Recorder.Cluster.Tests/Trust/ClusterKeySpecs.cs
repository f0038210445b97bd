using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Api;
using Recorder.Node.Cluster;
using Recorder.Node.Security;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Trust;

/// <summary>The cluster's key is with its nodes and nowhere else, and whoever does not have it does not speak for a node.</summary>
public sealed class ClusterKeySpecs(ITestOutputHelper output) : IDisposable
{
    private const string Mark = "/v1/recorders/r0:mark";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_that_a_client_is_given_or_can_read_has_the_key()
    {
        await using var cluster = await StartAsync();
        var needles = NeedlesOf(await ReadKeyAsync());
        Find(await File.ReadAllBytesAsync(_folder.File("certs/n1/cluster.key")), needles).ShouldBeTrue("this spec finds it where it is");

        foreach (var file in Directory.GetFiles(_folder.File("certs/desk"), "*", SearchOption.AllDirectories))
            Find(await File.ReadAllBytesAsync(file), needles).ShouldBeFalse(file);

        var read = new List<string>();
        foreach (var path in await ListPathsAsync(cluster.Nodes[1]))
        {
            var (status, bytes) = await ReadAsync(cluster.Nodes[1], path);
            Find(bytes, needles).ShouldBeFalse(path);
            read.Add($"{path} {(int)status} {bytes.Length}");
        }

        output.WriteLine(string.Join('\n', read));
        read.Count(line => line.Contains(" 200 ", StringComparison.Ordinal)).ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Requests_with_a_forged_seal_are_refused_and_so_are_sealed_ones_that_were_changed()
    {
        await using var cluster = await StartAsync();
        var owner = cluster.Nodes[int.Parse((await cluster.OwnersAsync(1))["r0"][1..], null)];
        var desk = await File.ReadAllBytesAsync(_folder.File("certs/desk/client.key"));
        using var stranger = new HttpClient { BaseAddress = owner.Http.BaseAddress };
        foreach (var key in new[] { new byte[32], DeriveKey(new byte[32]), DeriveKey(desk), DeriveKey(SHA256.HashData(desk)) })
        {
            var seal = new PeerSeal(key, "n2", TimeProvider.System);
            foreach (var (method, path) in new[]
            {
                (HttpMethod.Get, "/v1/recorders"), (HttpMethod.Get, "/v1/nodes"), (HttpMethod.Get, JournalEndpoints.Journal), (HttpMethod.Get, JournalEndpoints.Snapshot),
                (HttpMethod.Post, HttpGreeter.Path), (HttpMethod.Post, "/v1/nodes/n1:drain"), (HttpMethod.Post, Mark), (HttpMethod.Delete, "/v1/nodes/n2"),
                (HttpMethod.Post, PeerAnswer.Path), (HttpMethod.Get, PeerEndpoints.Takes), (HttpMethod.Put, PeerEndpoints.Takes + "/t"), (HttpMethod.Post, PeerEndpoints.Numbers),
            })
            {
                (await SendAsync(stranger, seal, method, path, "", "")).ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
            }

            // Not with an API key either.
            (await SendAsync(owner.Http, seal, HttpMethod.Get, JournalEndpoints.Journal, "", "")).ShouldBe(HttpStatusCode.Forbidden);
            (await SendAsync(owner.Http, seal, HttpMethod.Get, PeerEndpoints.Takes, "", "")).ShouldBe(HttpStatusCode.Forbidden);
            (await SendAsync(owner.Http, seal, HttpMethod.Post, PeerAnswer.Path, "", "")).ShouldBe(HttpStatusCode.Forbidden);
        }

        var own = new PeerSeal(DeriveKey(await ReadKeyAsync()), "n2", TimeProvider.System);
        (await SendAsync(stranger, own, HttpMethod.Get, JournalEndpoints.Journal, "", "")).ShouldBe(HttpStatusCode.OK, "this spec seals as nodes do");
        (await SendAsync(stranger, own, HttpMethod.Post, Mark, """{"label":"a"}""", """{"label":"a"}""")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(stranger, own, HttpMethod.Post, Mark, """{"label":"a"}""", """{"label":"b"}""")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<ClusterUnderTest> StartAsync()
    {
        await HostileClientSpecs.MakeCertificatesAsync(_folder.File("certs"));
        var cluster = await ClusterUnderTest.StartAsync(2, arguments: (number, _) => $"--cluster-certs {_folder.File($"certs/n{number}")}", keys: true);
        await cluster.DefineAsync(2);
        await cluster.StartAllAsync(2);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(2, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        await cluster.UntilAgreedAsync();
        return cluster;
    }

    private async Task<byte[]> ReadKeyAsync() => Convert.FromBase64String((await File.ReadAllTextAsync(_folder.File("certs/n1/cluster.key"))).Trim());

    // As nodes derive from the cluster's key what they seal with.
    private static byte[] DeriveKey(byte[] key) => Derive(key, "peers");

    private static byte[] Derive(byte[] key, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.ASCII.GetBytes("recorder " + purpose));

    // The key as bytes and as text, and what the nodes derive from it.
    private static List<byte[]> NeedlesOf(byte[] key) =>
    [
        .. new[] { key, Derive(key, "peers"), Derive(key, "sources") }.SelectMany(bytes => new[]
        {
            bytes, Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).TrimEnd('=')), Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(bytes)),
            Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)),
        }),
    ];

    private static bool Find(byte[] where, List<byte[]> needles) => needles.Exists(needle => where.AsSpan().IndexOf(needle) >= 0);

    // Every GET of the API, and those that it does not describe.
    private static async Task<List<string>> ListPathsAsync(NodeProcess node)
    {
        var recording = (await node.GetAsync("/v1/recordings")).GetProperty("recordings")[0].GetProperty("key").GetString()!;
        var described = (await node.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("get", out _)).Select(path => path.Name);
        return
        [
            .. described.Select(path => path.Replace("{key}", recording, StringComparison.Ordinal).Replace("{number}", "1", StringComparison.Ordinal)
                .Replace("{seq}", "1", StringComparison.Ordinal).Replace("{name}", "desk", StringComparison.Ordinal).Replace("{id}", "r0", StringComparison.Ordinal)),
            "/openapi/v1.json", JournalEndpoints.Journal, JournalEndpoints.Snapshot, PeerEndpoints.Takes,
        ];
    }

    // Streams do not end by themselves.
    private static async Task<(HttpStatusCode Status, byte[] Bytes)> ReadAsync(NodeProcess node, string path)
    {
        using var answer = await node.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        using var bytes = new MemoryStream();
        await bytes.WriteAsync(Encoding.UTF8.GetBytes(answer.Headers.ToString()));
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await answer.Content.CopyToAsync(bytes, enough.Token);
        }
        catch (OperationCanceledException)
        {
            // What came until now.
        }

        return (answer.StatusCode, bytes.ToArray());
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, PeerSeal seal, HttpMethod method, string path, string sealedBody, string body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        request.Headers.TryAddWithoutValidation(PeerSeal.Header, seal.Seal(method.Method, path, Access.Unguarded, SealedBody.Of(Encoding.UTF8.GetBytes(sealedBody))));
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
