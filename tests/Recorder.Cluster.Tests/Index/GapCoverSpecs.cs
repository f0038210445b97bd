using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using Recorder.Media;
using static Recorder.Cluster.Tests.Index.CamEvents;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests.Index;

/// <summary>What is missing of a recording of which several nodes have parts.</summary>
public sealed class GapCoverSpecs : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_gap_that_another_node_has_recorded_is_none() =>
        Cut(Gap("b", 10, 14), [Extent("a", 0, 40), Extent("b", 14, 60)]).ShouldBeEmpty();

    [Fact]
    public void A_gap_is_cut_to_what_nobody_has() =>
        Cut(Gap("b", 10, 30), [Extent("a", 0, 12), Extent("c", 20, 22), Extent("b", 30, 60)]).ShouldBe([(12, 20), (22, 30)]);

    [Fact]
    public void What_a_node_itself_has_does_not_cover_its_gap() =>
        Cut(Gap("b", 10, 14), [Extent("b", 0, 60)]).ShouldBe([(10, 14)]);

    [Fact]
    public void What_is_missing_on_both_nodes_is_missing() =>
        Cut(Gap("b", 10, 20), [Extent("a", 0, 40)], Gap("a", 15, 30)).ShouldBe([(15, 20)]);

    [Fact]
    public void A_gap_of_a_node_that_was_not_kept_and_a_muted_track_stay()
    {
        Cut(Gap("", 10, 14), [Extent("a", 0, 40)]).ShouldBe([(10, 14)]);
        Cut(Gap("b", 10, 14, GapCause.Muted), [Extent("a", 0, 40)]).ShouldBe([(10, 14)]);
    }

    [Fact]
    public void A_gap_that_is_cut_has_the_times_of_what_is_left()
    {
        var (node, gap) = Gap("b", 10, 30);

        var rest = GapCover.Cut([(node, gap with { Packets = 7 })], [(node, gap)], [Extent("a", 0, 12)]).ShouldHaveSingleItem();

        (rest.From, rest.To, rest.Packets, rest.Detail).ShouldBe((T0.AddSeconds(12), T0.AddSeconds(30), 0L, gap.Detail));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_gap_of_a_take_over_goes_when_the_journal_of_the_node_that_was_cut_off_arrives(bool isSnapshot)
    {
        await using var a = await IndexedNode.OpenAsync("a", _folder.File("a"));
        await using var b = await IndexedNode.OpenAsync("b", _folder.File("b"));
        await b.FollowAsync(a);
        await b.FollowAsync();
        if (isSnapshot)
            await b.Index.RemoveNodeAsync("a", default);

        await a.RaiseAsync([Started(1_000_001), .. Blobs(1_000_002, 1, 40, epoch: 1)]);
        await b.RaiseAsync([Gap("b", 10, 14).Gap with { Sequence = 2_000_001 }, .. Blobs(2_000_002, 15, 40, epoch: 2)]);
        await b.FollowAsync();
        (await b.Index.ListGapsAsync(Key, null, null, default)).ShouldHaveSingleItem().Duration.ShouldBe(TimeSpan.FromSeconds(4));

        await b.FollowAsync(a);

        (await b.Index.ListGapsAsync(Key, null, null, default)).ShouldBeEmpty();
        (await b.Catalogue.ListGapsAsync(Key, null, null, default)).ShouldHaveSingleItem("the event is what it was");
    }

    private static List<(double From, double To)> Cut((string, GapRecorded) gap, Extent[] extents, params (string, GapRecorded)[] others) =>
        [.. GapCover.Cut([gap], [gap, .. others], extents).Select(rest => (rest.MediaTime.TotalSeconds, (rest.MediaTime + rest.Duration).TotalSeconds))];

    private static (string Node, GapRecorded Gap) Gap(string node, int from, int to, GapCause cause = GapCause.NodeDown) => (node, new GapRecorded(Cam, 1, T0, Recording, cause)
    {
        MediaTime = TimeSpan.FromSeconds(from),
        Duration = TimeSpan.FromSeconds(to - from),
        From = T0.AddSeconds(from),
        To = T0.AddSeconds(to),
        Detail = "The node was not running.",
    });

    private static Extent Extent(string node, int from, int to) => new()
    {
        Number = 1,
        Node = node,
        Path = "1.mp4",
        MediaTime = TimeSpan.FromSeconds(from),
        Duration = TimeSpan.FromSeconds(to - from),
        CapturedAt = T0.AddSeconds(from),
        Bytes = 1,
        FirstBlob = 1,
        LastBlob = 1,
    };
}
