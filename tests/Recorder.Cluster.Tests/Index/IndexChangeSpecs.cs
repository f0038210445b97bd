using Recorder.Actors.Catalogue;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Cluster.Tests.Index.CamEvents;

namespace Recorder.Cluster.Tests.Index;

/// <summary>What raises no event, and must reach the other nodes all the same.</summary>
public sealed class IndexChangeSpecs : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_retention_removes_on_one_node_leaves_the_indices_of_all()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await b.FollowAsync(a);
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30), Gap(32), Stopped(33, blobs: 30)]);
        await PurgeAsync(a, 2);

        // The events of what was purged come before: in small pages nothing comes back, either.
        await b.FollowAsync(a, limit: 7);
        await a.FollowAsync();

        foreach (var node in new[] { a, b })
        {
            (await node.Index.ListExtentsAsync(Key, null, null, default)).Select(extent => extent.Number).ShouldBe([3]);
            node.Query("SELECT bytes, stored FROM recordings")[0].ShouldBe([3000L, 1000L]);
            node.Query("SELECT COUNT(*) FROM gaps")[0][0].ShouldBe(0L, "nothing is left of the time in which it was");
        }

        await PurgeAsync(a, 10);
        await b.FollowAsync(a);
        b.Query("SELECT COUNT(*) FROM recordings")[0][0].ShouldBe(0L);
    }

    [Fact]
    public async Task A_snapshot_removes_what_was_purged_meanwhile()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"), journalEntries: 10);
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30)]);
        await b.FollowAsync(a);
        await PurgeAsync(a, 2);
        await a.RaiseAsync(Blobs(32, 31, 2000));

        (await b.FollowAsync(a)).ShouldBe(1);

        (await b.Index.ListExtentsAsync(Key, null, null, default))[0].Number.ShouldBe(3);
    }

    [Fact]
    public async Task A_hold_that_is_set_on_any_node_reaches_the_one_that_has_the_files()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using var c = await IndexedNode.OpenAsync("c", _folder.File("c"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30), Stopped(32)]);
        // c does not know the recording yet when it hears of the hold.
        foreach (var (follower, node) in new[] { (a, a), (b, a), (a, b), (c, b) })
            await follower.FollowAsync(node);

        await b.Index.SetHoldAsync(Key, true, default);
        (await b.Shared.FindRecordingAsync(Key, default))!.IsHeld.ShouldBeTrue();
        foreach (var (follower, node) in new[] { (a, b), (c, b), (c, a) })
            await follower.FollowAsync(node);

        (await a.Index.HoldsAsync(default)).ShouldBe([(Key, true)]);
        (await b.Index.HoldsAsync(default)).ShouldBeEmpty("it has no file of it");
        (await c.Shared.FindRecordingAsync(Key, default))!.IsHeld.ShouldBeTrue();

        await c.Index.SetHoldAsync(Key, false, default);
        await a.FollowAsync(c);
        (await a.Index.HoldsAsync(default)).ShouldBe([(Key, false)]);
        (await a.Index.HoldsAsync(default)).ShouldBeEmpty();
        await using var restarted = await IndexedNode.OpenIndexAsync("a", _folder.File("a"));
        (await restarted.HoldsAsync(default)).ShouldBe([(Key, false)], "it may have been lifted while the node was down");
    }

    [Fact]
    public async Task Of_two_states_of_a_hold_set_at_once_the_hold_counts_everywhere()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30), Stopped(32)]);
        await a.FollowAsync();
        await b.FollowAsync(a);
        await a.FollowAsync(b);

        await a.Index.SetHoldAsync(Key, false, default);
        await b.Index.SetHoldAsync(Key, true, default);
        await a.FollowAsync(b);
        await b.FollowAsync(a);

        foreach (var node in new[] { a, b })
            (await node.Shared.FindRecordingAsync(Key, default))!.IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_hold_from_before_there_was_a_cluster_comes_with_the_snapshot()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 30), Stopped(32)]);
        await a.Catalogue.SetHoldAsync(Key, true, default);

        await b.FollowAsync(a);
        await a.FollowAsync();

        (await b.Shared.FindRecordingAsync(Key, default))!.IsHeld.ShouldBeTrue();
        (await a.Index.HoldsAsync(default)).ShouldBe([(Key, true)]);
        await b.Index.SetHoldAsync(Key, false, default);
        // Another snapshot of the node does not bring it back.
        await b.Index.CopyAsync("a", a.Journal, default);
        (await b.Shared.FindRecordingAsync(Key, default))!.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task Answers_and_snapshots_are_the_same_after_the_wire()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await a.FollowAsync();
        var position = a.Journal.Position;
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 12), Gap(14), Mark(15), Stopped(16)]);
        await a.Index.SetHoldAsync(Key, true, default);

        var lines = new List<byte[]>();
        var end = await a.Journal.CopyAsync(
            page =>
            {
                lines.Add(SnapshotJson.Write(page));
                return Task.CompletedTask;
            },
            default);
        var (page, _) = SnapshotJson.Read(System.Text.Encoding.UTF8.GetString(lines.ShouldHaveSingleItem()));
        SnapshotJson.Write(page!).ShouldBe(lines[0]);
        (page!.Recordings[0].StopReason, page.Extents.Count, page.Gaps.Count, page.Marks[0].Label).ShouldBe((StopReason.Requested, 2, 1, "goal"));
        var (_, readEnd) = SnapshotJson.Read(System.Text.Encoding.UTF8.GetString(SnapshotJson.Write(end)));
        readEnd!.Position.ShouldBe(end.Position);
        readEnd.Sequences[Cam].ShouldBe(16);
        readEnd.Holds.ShouldBe([new Hold(Key, true, 1, "a")]);

        await PurgeAsync(a, 1);

        var answer = await a.Journal.ReadAsync(position, 100, default);
        answer.Changes.Count.ShouldBe(2);
        var read = IndexJson.ReadAnswer(IndexJson.Write(answer));
        read.Position.ShouldBe(answer.Position);
        IndexJson.Write(read).ShouldBe(IndexJson.Write(answer));
        IndexJson.ReadAnswer(IndexJson.Write(JournalAnswer.Unknown)).Position.ShouldBeNull();
        IndexJson.ReadChange("""{"change":"fromALaterVersion","x":1}""").ShouldBeNull();
    }

    private static async Task PurgeAsync(IndexedNode node, int count)
    {
        var retention = new IndexedRetention(node.Catalogue, node.Index);
        var extents = (await retention.ListRemovableAsync(Cam, count, default)).ToList();
        await retention.MarkDeletedAsync(extents, default);
        await retention.PurgeAsync(extents, default);
    }
}
