using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Recorder.Actors.Recording;
using Recorder.Actors.Registry;
using Recorder.Contracts;
using Recorder.Node.Wall;

namespace Recorder.Node.Tests.Wall;

/// <summary>When the wall's actor tells what, in virtual time.</summary>
public sealed class WallActorSpecs : TestKit
{
    private static readonly RecorderId Hall = new("hall");

    private readonly TestProbe _registry;
    private readonly TestProbe _recorders;
    private readonly WallFeed _feed = new();
    private readonly WallSubscription _viewer;
    private readonly TaskCompletionSource _ready = new();
    private readonly IActorRef _wall;

    public WallActorSpecs()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        (_registry, _recorders, _viewer) = (CreateTestProbe(), CreateTestProbe(), _feed.Subscribe());
        var environment = new WallEnvironment(_registry, _recorders, () => Task.FromResult<long?>(1_000_000), TimeProvider.System, null);
        _wall = Sys.ActorOf(Props.Create(() => new WallActor(new WallTable("n1", _ => true), _feed, environment, _ready)));
        _registry.ExpectMsg<RegistryProtocol.List>();
        _registry.Reply(new RegistryProtocol.Definitions([Define(RecorderState.Recording)]));
        _recorders.ExpectMsg<RecorderControl.GetCondition>();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void What_changes_several_times_in_a_tenth_of_a_second_is_told_once()
    {
        Advance(WallActor.FigureInterval);
        Next().Single().Status.ShouldBe(WallStatus.Waiting);

        foreach (var state in (RecorderState[])[RecorderState.Recording, RecorderState.Paused, RecorderState.Recording])
            Sys.EventStream.Publish(new RecorderCondition(Hall, state, SourceStatus.Connected) { HasBegun = true });

        Settle();
        _viewer.Changes.TryRead(out _).ShouldBeFalse();
        Advance(WallActor.Coalescing);
        Next().Single().Status.ShouldBe(WallStatus.Rec);
        _viewer.Changes.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void Recorders_are_asked_for_figures_only_while_somebody_looks()
    {
        Advance(WallActor.FigureInterval * 3);
        _recorders.ExpectNoMsg(TimeSpan.Zero);

        _wall.Tell(new WallActor.Viewers(1, IsPeer: false));
        _recorders.ExpectMsg<RecorderControl.GetCondition>();
        Settle();
        Advance(WallActor.FigureInterval);
        _recorders.ExpectMsg<RecorderControl.GetCondition>();

        _wall.Tell(new WallActor.Viewers(1, IsPeer: true));
        _wall.Tell(new WallActor.Viewers(-1, IsPeer: false));
        Settle();
        Advance(WallActor.FigureInterval);
        _recorders.ExpectMsg<RecorderControl.GetCondition>();

        _wall.Tell(new WallActor.Viewers(-1, IsPeer: true));
        Settle();
        Advance(WallActor.FigureInterval * 3);
        _recorders.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_viewer_that_falls_behind_reads_all_again()
    {
        for (var i = 0; i < 100; i++)
            _feed.Publish(new FrameChange([TileFrame.Of(OwnTile.TileOf(Define(RecorderState.Recording), "n1") with { BitRate = i })], []));

        _viewer.IsBehind.ShouldBeTrue();
        _feed.Read(_viewer).Single().Tile.BitRate.ShouldBe(99);
        _viewer.IsBehind.ShouldBeFalse();
        _viewer.Changes.TryRead(out _).ShouldBeFalse();
    }

    private static RecorderDefinition Define(RecorderState desired) => new() { Id = Hall, Source = "test:", Options = new RecorderOptions(), Desired = desired };

    private IReadOnlyList<WallTile> Next()
    {
        FrameChange? change = null;
        AwaitCondition(() => _viewer.Changes.TryRead(out change));
        return [.. change!.Tiles.Select(frame => frame.Tile)];
    }

    private void Advance(TimeSpan by)
    {
        Settle();
        Time.Advance(by);
        Settle();
    }

    // The actor has handled what was sent to it before.
    private void Settle() => _wall.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
}
