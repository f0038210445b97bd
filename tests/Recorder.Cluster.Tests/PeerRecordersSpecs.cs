using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Recorder.Cluster.Nodes;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Cluster.Tests;

/// <summary>A list of recorders whose nodes answer, or do not.</summary>
public sealed class PeerRecordersSpecs : IDisposable
{
    private const string Query = "?limit=10&after=";

    private readonly PeerLinks _links = new(new PeerSeal(new byte[32], "n1", TimeProvider.System));
    private readonly List<Peer> _peers = [];

    public void Dispose()
    {
        _peers.ForEach(peer => peer.Dispose());
        _links.Dispose();
    }

    [Fact]
    public async Task Nodes_are_asked_at_once()
    {
        var (first, second) = (Start("n2"), Start("n3"));
        // Each answers once the other one is asked, too.
        first.Answering = second.Asked;
        second.Answering = first.Asked;

        var pages = await Create().AskAsync([first.Member, second.Member, first.Member], Query, Access.Unguarded);

        pages.Keys.Order().ShouldBe(["n2", "n3"]);
        first.Requests.ShouldHaveSingleItem().ShouldBe("/v1/recorders" + Query, "once, however many recorders it has");
    }

    [Fact]
    public async Task A_node_that_hangs_is_waited_for_once_and_is_asked_again_when_it_has_answered()
    {
        var (hanging, healthy) = (Start("n2"), Start("n3"));
        var release = new TaskCompletionSource();
        hanging.Answering = release.Task;
        var recorders = Create();

        (await recorders.AskAsync([hanging.Member, healthy.Member], Query, Access.Unguarded)).Keys.ShouldBe(["n3"]);
        (await recorders.AskAsync([hanging.Member, healthy.Member], Query, Access.Unguarded)).Keys.ShouldBe(["n3"]);
        hanging.Requests.Count.ShouldBe(1, "it gave no answer a moment ago");

        release.SetResult();
        while (!(await recorders.AskAsync([hanging.Member], Query, Access.Unguarded)).ContainsKey("n2"))
            await Task.Delay(20);
    }

    [Fact]
    public async Task A_node_that_is_known_to_be_dead_is_not_asked()
    {
        var peer = Start("n2");

        (await Create().AskAsync([peer.Member with { IsAlive = false }], Query, Access.Unguarded)).ShouldBeEmpty();

        peer.Requests.ShouldBeEmpty();
    }

    private PeerRecorders Create() => new(_links, TimeProvider.System);

    private Peer Start(string name)
    {
        var peer = new Peer(name);
        _peers.Add(peer);
        return peer;
    }

    private sealed class Peer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Peer(string name)
        {
            var url = $"http://127.0.0.1:{FreePort.Take()}/";
            _listener.Prefixes.Add(url);
            _listener.Start();
            Member = new ClusterMember(
                new NodeCard { Node = name, Start = StartId.Draw(), Folder = name, Cluster = "c", Url = new Uri(url), Host = "127.0.0.1", Port = 1 }, IsAlive: true, IsTogether: true);
            _ = ServeAsync();
        }

        public ClusterMember Member { get; }

        public ConcurrentQueue<string> Requests { get; } = new();

        public Task Asked => _asked.Task;

        public Task Answering { get; set; } = Task.CompletedTask;

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    Requests.Enqueue(context.Request.RawUrl!);
                    _asked.TrySetResult();
                    await Answering;
                    context.Response.ContentType = "application/json";
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("""{"recorders":[]}"""));
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The spec is over.
            }
        }
    }
}
