using Recorder.Actors.Catalogue;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using Recorder.Media;
using static Recorder.Cluster.Tests.Index.CamEvents;

namespace Recorder.Cluster.Tests.Index;

public sealed class ClusterIndexSpecs : IDisposable
{
    private const long SecondTenure = 2_000_000;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_the_journal_no_longer_has_comes_with_a_snapshot_and_events_continue_behind_it()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"), journalEntries: 50);
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync(Started(1), Data(2, 1));
        await b.FollowAsync(a);
        await a.RaiseAsync([.. Blobs(3, 2, 2000), Gap(2003), Mark(2004)]);

        (await b.FollowAsync(a)).ShouldBe(1);

        await a.RaiseAsync(Data(2005, 2002), Stopped(2006));
        (await b.FollowAsync(a)).ShouldBe(0);
        // Taken twice it is the same.
        await b.Index.CopyAsync("a", a.Journal, default);
        b.Query("SELECT bytes, blobs, stored, stop_reason FROM recordings").ShouldHaveSingleItem().ShouldBe([200_200L, 2002L, 200_200L, 1L]);
        b.Query("SELECT COUNT(*), SUM(bytes), MAX(last_blob), MAX(is_late) FROM extents")[0].ShouldBe([201L, 200_200L, 2002L, 0L]);
        b.Query("SELECT COUNT(*) FROM gaps")[0][0].ShouldBe(1L);
        b.Query("SELECT label FROM marks")[0][0].ShouldBe("goal");
        b.Query("SELECT last FROM sequences")[0][0].ShouldBe(2006L);
        (await b.Index.PositionAsync("a", default)).ShouldBe(a.Journal.Position);
    }

    [Fact]
    public async Task Entries_that_are_applied_twice_count_once()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await b.FollowAsync(a);
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 25)]);
        var position = (await b.Index.PositionAsync("a", default))!.Value;
        var answer = await a.Journal.ReadAsync(position, 100, default);

        (await b.Index.ApplyAsync("a", position, answer, default)).ShouldBeTrue();
        (await b.Index.ApplyAsync("a", position, answer, default)).ShouldBeFalse();

        b.Query("SELECT bytes, blobs FROM recordings")[0].ShouldBe([2500L, 25L]);
        (await b.Index.ListExtentsAsync(Key, null, null, default)).Select(extent => (extent.Number, extent.Bytes, extent.Node))
            .ShouldBe([(1, 1000L, "a"), (2, 1000L, "a"), (3, 500L, "a")]);
        b.Index.Bytes.ShouldBe(0, "another node recorded it");
    }

    [Fact]
    public async Task A_recording_that_ended_without_media_is_not_in_the_index()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await a.FollowAsync();
        await a.RaiseAsync(Started(1), Gap(2));
        await a.FollowAsync();
        a.Query("SELECT COUNT(*) FROM recordings")[0][0].ShouldBe(1L, "it is under way");

        await a.RaiseAsync(Stopped(3, blobs: 0));
        await a.FollowAsync();

        a.Query("SELECT COUNT(*) FROM recordings")[0][0].ShouldBe(0L);
        a.Query("SELECT COUNT(*) FROM gaps")[0][0].ShouldBe(0L);
        a.Query("SELECT last FROM sequences")[0][0].ShouldBe(3L);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_order_in_which_journals_arrive_does_not_matter(bool isOldFirst)
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using var c = await IndexedNode.OpenAsync("c", _folder.File("c"));
        await c.FollowAsync(a);
        await c.FollowAsync(b);
        // Cut off, a goes on beside b, which has taken over with the third extent and stopped the recording.
        await a.RaiseAsync([Started(1_000_001), .. Blobs(1_000_002, 1, 40, epoch: 1)]);
        await b.RaiseAsync([.. Blobs(SecondTenure + 1, 21, 15, epoch: 2), Stopped(SecondTenure + 16)]);

        foreach (var node in isOldFirst ? new[] { a, b } : [b, a])
            await c.FollowAsync(node);

        var row = (await c.Shared.FindRecordingAsync(Key, default))!;
        (row.StartedAt, row.StopReason, row.EndedAt, row.Bytes, row.Blobs, row.Duration)
            .ShouldBe((T0, StopReason.Requested, T0.AddHours(1), 5500L, 55L, TimeSpan.FromSeconds(40)));
        (await c.Index.ListExtentsAsync(Key, null, null, default)).Select(extent => (extent.Number, extent.Node, extent.IsLate)).Order().ShouldBe(
            [(1, "a", false), (2, "a", false), (3, "a", true), (3, "b", false), (4, "a", true), (4, "b", false)]);
        (await c.Index.FindHolderAsync(Key, extent: 3, null, default)).ShouldBe("b");
        (await c.Index.FindHolderAsync(Key, null, blob: 38, default)).ShouldBe("a", "nobody else has it");
        (await c.Index.HoldersAsync(Key, default)).ShouldBe(
            [new Holder("a", TimeSpan.Zero, TimeSpan.FromSeconds(40)), new Holder("b", TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(35))]);
        (await c.Index.MediaTimeOfAsync(Key, T0.AddSeconds(33.5), default)).ShouldBe(TimeSpan.FromSeconds(33.5));
    }

    [Theory]
    [InlineData("old first", false)]
    [InlineData("new first", false)]
    [InlineData("snapshots", false)]
    [InlineData("old first", true)]
    [InlineData("new first", true)]
    public async Task A_recording_that_nobody_ended_has_ended_when_the_next_holder_began_another(string order, bool isStopped)
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using var c = await IndexedNode.OpenAsync("c", _folder.File("c"));
        if (order != "snapshots")
        {
            await c.FollowAsync(a);
            await c.FollowAsync(b);
        }

        // Cut off, a stopped the recording, which b goes on with. Then a holds the recorder again, and begins another recording.
        var another = new RecordingId("20260101T000030.000Z-2");
        await a.RaiseAsync([Started(1_000_001), .. Blobs(1_000_002, 1, 20, epoch: 1), Stopped(1_000_022)]);
        await b.RaiseAsync(Blobs(SecondTenure + 1, 21, 15, epoch: 2));
        await a.RaiseAsync(
            new RecorderProtocol.Started(Cam, 3_000_001, T0.AddSeconds(30), another, "video/mp4"), Another(Data(3_000_002, 40, epoch: 3), another));
        if (isStopped)
            await a.RaiseAsync(new RecorderProtocol.Stopped(Cam, 3_000_003, T0.AddSeconds(40), another, StopReason.Requested) { Blobs = 1 });

        foreach (var node in order == "new first" ? new[] { a, b } : [b, a])
            await c.FollowAsync(node);

        var row = (await c.Shared.FindRecordingAsync(Key, default))!;
        (row.EndedAt, row.StopReason, row.Blobs).ShouldBe((T0.AddSeconds(35), StopReason.Crashed, 35L));
        (await c.Shared.FindRecordingAsync(new RecordingKey(Cam, another), default))!.EndedAt.ShouldBe(isStopped ? T0.AddSeconds(40) : null);

        // Of a holder that goes on below a tenure that died, media shows that its recording is the one that runs.
        await b.RaiseAsync(Blobs(SecondTenure + 16, 36, 100, epoch: 2));
        await c.FollowAsync(b);
        (await c.Shared.FindRecordingAsync(Key, default))!.EndedAt.ShouldBeNull();
        (await c.Shared.FindRecordingAsync(new RecordingKey(Cam, another), default))!.EndedAt.ShouldBe(T0.AddSeconds(40));

        static RecorderProtocol.DataAvailable Another(RecorderProtocol.DataAvailable data, RecordingId recording) => data with { Data = data.Data with { Recording = recording } };
    }

    [Fact]
    public async Task A_node_that_joins_later_learns_the_same_from_snapshots()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using var c = await IndexedNode.OpenAsync("c", _folder.File("c"));
        await b.FollowAsync(a);
        await b.FollowAsync();
        await a.RaiseAsync([Started(1_000_001), .. Blobs(1_000_002, 1, 40, epoch: 1)]);
        await b.RaiseAsync([.. Blobs(SecondTenure + 1, 21, 15, epoch: 2), Gap(SecondTenure + 16), Stopped(SecondTenure + 17)]);
        await b.FollowAsync(a);
        await b.FollowAsync();

        (await c.FollowAsync(b)).ShouldBe(1);
        (await c.FollowAsync(a)).ShouldBe(1);

        const string All = "SELECT recorder, recording, number, epoch, node, is_late, bytes FROM extents ORDER BY 3, 5";
        c.Query(All).ShouldBe(b.Query(All));
        c.Query("SELECT started_at, ended_at, stop_reason, bytes, stored, duration FROM recordings")
            .ShouldBe(b.Query("SELECT started_at, ended_at, stop_reason, bytes, stored, duration FROM recordings"));
    }

    [Fact]
    public async Task A_folder_that_was_restored_is_recognised_and_nothing_is_mistaken_or_lost()
    {
        var (live, backup) = (_folder.File("a"), _folder.File("backup"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await using (var a = await IndexedNode.OpenAsync("a", live))
        {
            await a.RaiseAsync([Started(1), .. Blobs(2, 1, 20)]);
            await a.FollowAsync();
        }

        Directory.CreateDirectory(backup);
        foreach (var file in Directory.GetFiles(live))
            File.Copy(file, Path.Combine(backup, Path.GetFileName(file)));

        await using (var a = await IndexedNode.OpenAsync("a", live))
        {
            await a.RaiseAsync(Blobs(22, 21, 20));
            await b.FollowAsync(a);
            (await b.Index.PositionAsync("a", default))!.Value.Journal.Number.ShouldBe(41);
        }

        await using var restored = await IndexedNode.OpenAsync("a", backup);
        // The same numbers as before, for other events.
        await restored.RaiseAsync([Gap(22), Mark(23), .. Blobs(24, 21, 30)]);
        restored.Journal.Position.Journal.Number.ShouldBeGreaterThan(41);

        (await b.FollowAsync(restored)).ShouldBe(1);
        (await restored.FollowAsync()).ShouldBe(0, "its own index is of the same backup");

        b.Query("SELECT COUNT(*) FROM gaps")[0][0].ShouldBe(1L);
        b.Query("SELECT label FROM marks")[0][0].ShouldBe("goal");
        foreach (var node in new[] { b, restored })
            node.Query("SELECT bytes, stored FROM recordings")[0].ShouldBe([5000L, 5000L]);
    }

    [Fact]
    public async Task An_index_that_is_lost_is_built_anew()
    {
        await using (var a = await IndexedNode.OpenAsync("a", _folder.File("a")))
        {
            await a.RaiseAsync([Started(1), .. Blobs(2, 1, 20)]);
            await a.FollowAsync();
        }

        foreach (var file in Directory.GetFiles(_folder.File("a"), "cluster.db*"))
            File.Delete(file);

        await using var again = await IndexedNode.OpenAsync("a", _folder.File("a"));
        (await again.FollowAsync()).ShouldBe(1);
        again.Query("SELECT bytes FROM recordings")[0][0].ShouldBe(2000L);
    }

    [Fact]
    public async Task A_node_that_is_removed_takes_only_what_nobody_else_has()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([Started(1), .. Blobs(2, 1, 20)]);
        await b.RaiseAsync([.. Blobs(1_000_001, 21, 10, epoch: 1), Stopped(1_000_011)]);
        await b.FollowAsync(a);
        await b.FollowAsync();

        await b.Index.RemoveNodeAsync("a", default);

        b.Query("SELECT node, number FROM extents").ShouldHaveSingleItem().ShouldBe(["b", 3L]);
        b.Query("SELECT stored FROM recordings")[0][0].ShouldBe(1000L);
        (await b.Index.PositionAsync("a", default)).ShouldBeNull();
        await b.Index.RemoveNodeAsync("b", default);
        b.Query("SELECT COUNT(*) FROM recordings")[0][0].ShouldBe(0L);
    }
}
