using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Integration.Tests.Harness;
using static Recorder.Cluster.Tests.Index.CamEvents;

namespace Recorder.Cluster.Tests.Index;

public sealed class JournalFollowerSpecs : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flush_returns_when_the_nodes_own_journal_is_in_its_own_index()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var followers = a.FollowAll();
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30)]);

        await followers.FlushAsync(default).WaitAsync(Patience);
        a.Query("SELECT blobs FROM recordings")[0][0].ShouldBe(30L);
        a.Index.Bytes.ShouldBeGreaterThanOrEqualTo(0);

        await a.RaiseAsync(Data(32, 31));
        await followers.FlushAsync(default).WaitAsync(Patience);
        a.Query("SELECT blobs FROM recordings")[0][0].ShouldBe(31L);
        a.Index.Bytes.ShouldBeGreaterThanOrEqualTo(100);
    }

    [Fact]
    public async Task Nodes_follow_each_other_and_stop_when_told_so()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using var followers = b.FollowAll(a);
        followers.SetNodes([("a", new Uri("http://a/"), "1"), ("b", new Uri("http://b/"), "1")]);
        var follower = followers.Others.ShouldHaveSingleItem().Value;
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30)]);
        await follower.WaitAsync(a.Journal.Position, default).WaitAsync(Patience);
        await a.Index.SetHoldAsync(Key, true, default);
        await follower.WaitAsync(a.Journal.Position, default).WaitAsync(Patience);

        (await b.Shared.FindRecordingAsync(Key, default))!.IsHeld.ShouldBeTrue();
        follower.IsFollowing.ShouldBeTrue();

        followers.SetNodes([]);
        followers.Others.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_is_away_is_tried_again()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30)]);
        var source = new Failing(a.Journal);

        await using var follower = new JournalFollower("a", source, b.Index, NullLogger.Instance, TimeProvider.System);
        await follower.WaitAsync(a.Journal.Position, default).WaitAsync(Patience);

        source.Failures.ShouldBe(0);
        b.Query("SELECT blobs FROM recordings")[0][0].ShouldBe(30L);
    }

    [Fact]
    public async Task What_another_node_has_more_of_a_node_that_is_away_it_passes_on()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using var c = await IndexedNode.OpenAsync("c", _folder.File("c"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30)]);
        await b.FollowAsync(a);
        await c.FollowAsync(a);
        await a.RaiseAsync(Blobs(32, 31, 20));
        await b.FollowAsync(a);

        await using var follower = new JournalFollower(
            "a", new Away(), c.Index, NullLogger.Instance, TimeProvider.System, () => new Elsewhere(b.Journal));
        await UntilAsync(() => c.Index.Log.ExtentOf("a")?.Last == a.Journal.Position.Journal.Number);

        c.Query("SELECT blobs FROM recordings")[0][0].ShouldBe(50L);
        (await c.Index.PositionAsync("a", default)).ShouldBe(a.Journal.Position);
        follower.IsFollowing.ShouldBeFalse();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!holds())
            await Task.Delay(10, limit.Token);
    }

    private class Away : IJournalSource
    {
        public virtual Task<JournalAnswer> ReadAsync(IndexPosition? position, int limit, CancellationToken cancellationToken) => throw Failure();

        public virtual Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken) => throw Failure();

        public Task<JournalAnswer?> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => throw Failure();

        public Task<SnapshotEnd> CopyAsync(Func<CatalogueCopy, Task> take, CancellationToken cancellationToken) => throw Failure();

        private static HttpRequestException Failure() => new("The node is away.");
    }

    private sealed class Elsewhere(IJournalSource source) : Away
    {
        public override Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken) =>
            source.ReadCopyAsync(node, position, 7, cancellationToken);
    }

    // It fails before a read, and within a snapshot.
    private sealed class Failing(IJournalSource source) : IJournalSource
    {
        public int Failures { get; private set; } = 2;

        public Task<JournalAnswer> ReadAsync(IndexPosition? position, int limit, CancellationToken cancellationToken) =>
            Failures == 2 ? throw Failure() : source.ReadAsync(position, limit, cancellationToken);

        public Task<JournalAnswer?> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) =>
            source.ReadEventsAsync(after, limit, cancellationToken);

        public Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken) =>
            source.ReadCopyAsync(node, position, limit, cancellationToken);

        public async Task<SnapshotEnd> CopyAsync(Func<CatalogueCopy, Task> take, CancellationToken cancellationToken)
        {
            var end = await source.CopyAsync(take, cancellationToken);
            return Failures == 1 ? throw Failure() : end;
        }

        private HttpRequestException Failure()
        {
            Failures--;
            return new HttpRequestException("The node is away.");
        }
    }
}
