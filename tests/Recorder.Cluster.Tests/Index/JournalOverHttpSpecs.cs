using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Cluster;
using Recorder.Node.Http;
using Recorder.Node.Security;
using static Recorder.Cluster.Tests.Index.CamEvents;

namespace Recorder.Cluster.Tests.Index;

/// <summary>The endpoints over a real server, with the signatures of nodes.</summary>
public sealed class JournalOverHttpSpecs : IDisposable
{
    private static readonly byte[] ClusterKey = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_node_follows_another_over_http_and_takes_a_snapshot_when_it_must()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"), journalEntries: 50);
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 3000), Gap(3002), Mark(3003)]);
        await using var host = await ServeAsync(a);
        using var client = new HttpMessageInvoker(new SealingHandler(new PeerSeal(ClusterKey, "b", TimeProvider.System), new SocketsHttpHandler()));
        var source = new HttpJournalSource(client, new Uri(host.Urls.First()));

        await using var follower = new JournalFollower("a", source, b.Index, NullLogger.Instance, TimeProvider.System);
        await follower.WaitAsync(a.Journal.Position, default).WaitAsync(TimeSpan.FromSeconds(20));
        await a.RaiseAsync(Data(3004, 3001));
        await a.Index.SetHoldAsync(Key, true, default);
        await follower.WaitAsync(a.Journal.Position, default).WaitAsync(TimeSpan.FromSeconds(20));

        b.Query("SELECT blobs, bytes, held FROM recordings")[0].ShouldBe([3001L, 300_100L, 1L]);
        b.Query("SELECT COUNT(*) FROM gaps")[0][0].ShouldBe(1L);
    }

    [Fact]
    public async Task Nobody_but_a_node_of_the_cluster_reads_it()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var host = await ServeAsync(a);
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
        foreach (var path in new[] { JournalEndpoints.Journal, JournalEndpoints.Snapshot })
        {
            using var response = await client.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            response.Content.Headers.ContentType!.MediaType.ShouldBe(Problem.MediaType);
        }

        using var unknown = new HttpMessageInvoker(new SealingHandler(new PeerSeal(new byte[32], "b", TimeProvider.System), new SocketsHttpHandler()));
        var stranger = new HttpJournalSource(unknown, client.BaseAddress);
        (await Should.ThrowAsync<HttpRequestException>(() => stranger.ReadAsync(null, 10, default))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<WebApplication> ServeAsync(IndexedNode node)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        var seal = new PeerSeal(ClusterKey, node.Name, TimeProvider.System);
        host.Use(async (context, next) =>
        {
            if ((await seal.OpenAsync(context.Request, 1000)).Asking is { } peer)
                context.Features.Set(peer.Peer);

            try
            {
                await next(context);
            }
            catch (ProblemException refused)
            {
                await ProblemResult.WriteAsync(context, refused.Problem);
            }
        });
        host.MapClusterJournal(() => node.Journal);
        await host.StartAsync();
        return host;
    }
}
