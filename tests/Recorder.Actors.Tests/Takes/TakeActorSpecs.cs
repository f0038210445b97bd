using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Takes;

/// <summary>A take whose recorders are played by the spec, in virtual time.</summary>
public sealed class TakeActorSpecs : TestKit, IDisposable
{
    private static readonly RecorderId Cam = new("cam");
    private readonly string _folder = Directory.CreateTempSubdirectory("take-").FullName;
    private readonly TestProbe _recorders;

    public TakeActorSpecs()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"") => _recorders = CreateTestProbe();

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    void IDisposable.Dispose()
    {
        Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Whoever_is_introduced_after_the_recorders_have_answered_is_told_at_once()
    {
        var take = Open(TakeState.Armed);
        take.Tell(new TakeOrders.Introduce(TestActor));
        _recorders.ExpectMsg<RecorderProtocol.Arm>();
        _recorders.Reply(new RecorderProtocol.Armed(Cam, RecorderState.Inactive, null));
        ExpectMsg<Take>();

        take.Tell(new TakeOrders.Introduce(TestActor));

        ExpectMsg<Take>().State.ShouldBe(TakeState.Armed);
    }

    [Fact]
    public void Recorders_that_do_not_answer_are_not_told_to_stop_again_while_they_are_waited_for()
    {
        Open(TakeState.Ending);
        _recorders.ExpectMsg<RecorderProtocol.Stop>();

        for (var second = 0; second < 2; second++)
            Clock.Advance(TimeSpan.FromSeconds(1));

        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Clock.Advance(TimeSpan.FromSeconds(1));
        // The first round is over: the next second begins another.
        AwaitAssert(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            _recorders.ExpectMsg<RecorderProtocol.Stop>(TimeSpan.FromMilliseconds(100));
        });
    }

    private IActorRef Open(TakeState state)
    {
        var files = new TakeFiles(_folder, LocalDisk.Instance, NullLogger.Instance);
        var environment = new TakesEnvironment(_recorders, files, _folder, TimeProvider.System, NullLogger.Instance);
        var take = new Take
        {
            Id = TakeId.Create(DateTimeOffset.UnixEpoch, 1),
            State = state,
            Slate = new Slate(),
            At = DateTimeOffset.UnixEpoch,
            Angles = [new TakeAngle { Recorder = Cam, Camera = "A", Angle = "A", State = AngleState.Recording }],
        };
        return Sys.ActorOf(Props.Create(() => new TakeActor(take, environment)));
    }
}
