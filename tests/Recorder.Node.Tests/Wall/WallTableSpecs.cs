using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.Node.Wall;

namespace Recorder.Node.Tests.Wall;

/// <summary>What the table makes of definitions, conditions and time.</summary>
public sealed class WallTableSpecs
{
    private static readonly RecorderId Hall = new("hall");
    private static readonly RecordingId Recording = new("20261201T120000.000Z-1");
    private readonly HashSet<RecorderId> _here = [Hall];
    private readonly WallTable _table;
    private DateTimeOffset _now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    public WallTableSpecs() => _table = new WallTable("n1", _here.Contains);

    [Theory]
    [InlineData(RecorderState.Inactive, SourceStatus.Unknown, false, false, "Idle", null)]
    [InlineData(RecorderState.Recording, SourceStatus.Connecting, false, false, "Waiting", "The camera said so.")]
    [InlineData(RecorderState.Recording, SourceStatus.Connected, true, false, "Rec", null)]
    [InlineData(RecorderState.Recording, SourceStatus.TimestampsMended, true, false, "Rec", null)]
    [InlineData(RecorderState.Paused, SourceStatus.Connected, true, false, "Paused", null)]
    [InlineData(RecorderState.Recording, SourceStatus.Lost, true, false, "Lost", "The camera said so.")]
    [InlineData(RecorderState.Paused, SourceStatus.Lost, true, false, "Lost", "The camera said so.")]
    [InlineData(RecorderState.Recording, SourceStatus.Connected, true, true, "Disk", "The volume is full; recording continues when there is space.")]
    internal void A_condition_is_a_word_and_a_sentence(
        RecorderState state, SourceStatus source, bool hasBegun, bool isFull, string status, string? detail)
    {
        _table.Define(Define(state), _now);
        _table.Apply(new RecorderCondition(Hall, state, source) { HasBegun = hasBegun, IsFull = isFull, Detail = "The camera said so.", Recording = Recording }, _now);

        var tile = Take().Tiles.ShouldHaveSingleItem();
        (tile.Status.ToString(), tile.Detail, tile.Node, tile.State).ShouldBe((status, detail, "n1", state));
    }

    [Fact]
    public void A_recording_that_failed_is_of_the_disk_when_the_volume_is_full_and_waits_otherwise()
    {
        _table.Define(Define(RecorderState.Recording), _now);
        _table.Apply(new RecorderCondition(Hall, RecorderState.Inactive, SourceStatus.Connected) { Failure = "It cannot be written." }, _now);
        _table.Measure(freeBytes: 1 << 20);
        Take().Tiles.Single().Status.ShouldBe(WallStatus.Disk);

        _table.Measure(freeBytes: 1L << 40);
        Take().Tiles.Single().ShouldSatisfyAllConditions(
            tile => tile.Status.ShouldBe(WallStatus.Waiting), tile => tile.Detail.ShouldEndWith("It cannot be written."));
    }

    [Fact]
    public void A_recorder_that_was_stopped_does_not_wait_before_it_is_known_that_it_is_to_be_inactive()
    {
        _table.Define(Define(RecorderState.Recording), _now);
        Record(bytes: 0, lost: 0);
        _table.Apply(new RecorderCondition(Hall, RecorderState.Inactive, SourceStatus.Connected), _now);
        Take().Tiles.Single().Status.ShouldBe(WallStatus.Idle);

        _now += TimeSpan.FromSeconds(2);
        _table.Measure(null);
        Take().Tiles.Single().Status.ShouldBe(WallStatus.Waiting);
    }

    [Fact]
    public void Figures_are_of_the_last_seconds_and_the_last_minute()
    {
        _table.Define(Define(RecorderState.Recording), _now);
        for (var second = 0; second <= 20; second += 2)
        {
            Record(bytes: second * 1_000_000, lost: second < 10 ? 0 : 7);
            _now += TimeSpan.FromSeconds(2);
        }

        _table.Measure(freeBytes: 500_000_000);
        var tile = Take().Tiles.Single();
        (tile.BitRate, tile.DropsLastMinute, tile.SecondsLeft).ShouldBe((8_000_000, 7, 500));

        _now += TimeSpan.FromSeconds(50);
        Record(bytes: 90_000_000, lost: 7);
        _table.Measure(freeBytes: 500_000_000);
        Take().Tiles.Single().DropsLastMinute.ShouldBe(0);
    }

    [Fact]
    public void What_says_nothing_new_is_not_told_again_and_the_status_keeps_its_time()
    {
        _table.Define(Define(RecorderState.Recording), _now);
        Record(bytes: 0, lost: 0);
        var began = Take().Tiles.Single().Since;
        began.ShouldBe(_now);

        _now += TimeSpan.FromMinutes(1);
        _table.Define(Define(RecorderState.Recording), _now);
        Record(bytes: 0, lost: 0);
        Take().Tiles.ShouldBeEmpty();

        _table.Define(Define(RecorderState.Recording) with { Labels = new Dictionary<string, string> { ["name"] = "Hall 1" } }, _now);
        Take().Tiles.Single().ShouldSatisfyAllConditions(tile => tile.Name.ShouldBe("Hall 1"), tile => tile.Since.ShouldBe(began));
    }

    [Fact]
    public void A_recorder_of_another_node_is_as_that_node_says_and_away_when_it_says_nothing()
    {
        var gate = Define(RecorderState.Recording) with { Id = new RecorderId("gate") };
        _table.Route([new WallRoute(gate, "n2", IsAlive: true)]);
        Take().Tiles.ShouldBeEmpty("nothing is known yet");

        _table.Hear("n2", isWhole: true, [OwnTile.TileOf(gate, "n2") with { Status = WallStatus.Rec }], []);
        Take().Tiles.Single().Status.ShouldBe(WallStatus.Rec);

        _table.Miss("n2", "Node n2 does not answer.");
        Take().Tiles.Single().ShouldSatisfyAllConditions(
            tile => tile.Status.ShouldBe(WallStatus.Away), tile => tile.Detail.ShouldBe("Node n2 does not answer."), tile => tile.State.ShouldBe(RecorderState.Recording));

        _table.Route([new WallRoute(gate, null, IsAlive: false)]);
        Take().Tiles.Single().Detail.ShouldBe("No node has the recorder at the moment.");

        _table.Route([]);
        Take().Gone.ShouldBe([gate.Id]);
    }

    [Fact]
    public void A_recorder_that_moves_here_is_told_by_this_node()
    {
        _here.Clear();
        _table.Define(Define(RecorderState.Recording), _now);
        Record(bytes: 0, lost: 0);
        _table.Route([new WallRoute(Define(RecorderState.Recording), "n2", IsAlive: true)]);
        _table.Hear("n2", isWhole: true, [OwnTile.TileOf(Define(RecorderState.Recording), "n2") with { Status = WallStatus.Rec }], []);
        Take().Tiles.Single().Node.ShouldBe("n2");

        _here.Add(Hall);
        _table.Hear("n2", isWhole: false, [], [Hall]);
        Take().Tiles.Single().Node.ShouldBe("n1");
    }

    private static RecorderDefinition Define(RecorderState desired) => new()
    {
        Id = Hall,
        Source = "test:",
        Options = new RecorderOptions(),
        Desired = desired,
    };

    private void Record(long bytes, long lost) => _table.Apply(
        new RecorderCondition(Hall, RecorderState.Recording, SourceStatus.Connected) { HasBegun = true, Recording = Recording, Bytes = bytes, LostPackets = lost }, _now);

    private (IReadOnlyList<WallTile> Tiles, IReadOnlyList<RecorderId> Gone) Take() => _table.Take(_now);
}
