using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Cluster.Tests.Index.CamEvents;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests.Index;

/// <summary>What a node continues from when it claims a recorder of one that died.</summary>
public sealed class ClaimHistorySpecs : IDisposable
{
    private static readonly RecordingId Older = new("20250101T000000.000Z-1");

    private static readonly RecorderDefinition Recording =
        new() { Id = Cam, Source = "rtsp://camera/", Options = new RecorderOptions(), Desired = RecorderState.Recording };

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_newest_open_recording_continues_with_numbers_above_all_before()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await a.RaiseAsync([
            new Started(Cam, 1_000_001, T0.AddYears(-1), Older, "video/mp4"), Started(1_000_002), .. Blobs(1_000_003, 1, 25, epoch: 1),
        ]);
        await b.FollowAsync(a);

        var claim = await b.Index.ReadHistoryAsync(Recording, term: 2, default);

        claim.Term.ShouldBe(2);
        claim.Open.Select(open => open.Recording).ShouldBe([Older, CamEvents.Recording]);
        claim.History.ShouldBe(new RecorderHistory(2_000_000, 2, claim.Open[1]) { Epoch = 2 });
        claim.Open[1].ShouldBe(new InterruptedRecording(
            CamEvents.Recording, "video/mp4", 3, 25, 2500, TimeSpan.FromSeconds(25), T0.AddSeconds(25)));
        claim.Open[0].EndedAt.ShouldBe(T0.AddYears(-1));

        var stopped = await b.Index.ReadHistoryAsync(Recording with { Desired = RecorderState.Inactive }, term: 2, default);
        stopped.History.Continue.ShouldBeNull();
        stopped.Open.Count.ShouldBe(2, "they are to be ended");
    }

    [Fact]
    public async Task A_late_extent_does_not_decide_where_the_recording_continues_but_its_number_is_not_used_again()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await b.FollowAsync();
        await b.FollowAsync(a);
        // Two sides of a partition claimed the same term.
        await a.RaiseAsync([Started(1_000_001), .. Blobs(1_000_002, 1, 20, epoch: 1), .. Blobs(2_000_001, 21, 40, epoch: 2)]);
        await b.RaiseAsync(Blobs(2_000_001, 21, 15, epoch: 2));
        await b.FollowAsync();
        await b.FollowAsync(a);

        var open = (await b.Index.ReadHistoryAsync(Recording, term: 3, default)).History.Continue!;

        open.Duration.ShouldBe(TimeSpan.FromSeconds(35));
        (open.LastExtent, open.LastBlob).ShouldBe((6, 60));
    }

    [Fact]
    public async Task A_tenure_that_used_up_its_numbers_is_followed_by_higher_ones()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await a.RaiseAsync(Started(1_999_999), Data(2_000_000, 1, epoch: 1));
        await a.FollowAsync();

        // What was not heard of before the node died is below, too.
        (await a.Index.ReadHistoryAsync(Recording, term: 2, default)).History.LastSequence.ShouldBe(3_000_000);
        (await a.Index.ReadHistoryAsync(Recording, term: 7, default)).History.LastSequence.ShouldBe(7_000_000);
    }

    [Fact]
    public async Task Of_a_recorder_that_nobody_had_nothing_continues()
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));

        var claim = await a.Index.ReadHistoryAsync(Recording, term: 1, default);

        claim.History.ShouldBe(new RecorderHistory(1_000_000, 0) { Epoch = 1 });
        claim.Open.ShouldBeEmpty();
    }
}
