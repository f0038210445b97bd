using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Node.Cli.Recording;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Tests.Cli;

/// <summary>The session of <c>recorder record</c>, with probes in the place of the recorders and the mediator.</summary>
public sealed class RecordSessionSpecs : TestKit
{
    private readonly TestProbe _recorders;
    private readonly TestProbe _events;
    private readonly Terminal _terminal = new();
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Report _a = new("a");
    private readonly Report _b = new("b");

    public RecordSessionSpecs()
    {
        _recorders = CreateTestProbe("recorders");
        _events = CreateTestProbe("events");
    }

    [Fact]
    public void It_subscribes_before_it_creates_a_recorder()
    {
        var session = NewSession("a");

        _events.ExpectMsg<EventsProtocol.Subscribe>().ShouldBe(new EventsProtocol.Subscribe());
        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        session.Tell(new EventsProtocol.Subscribed(), _events.Ref);
        var create = _recorders.ExpectMsg<RecordersProtocol.Create>();
        create.Recorder.ShouldBe(_a.Id);
        create.Source.ShouldBe("test:?tone=1");
        create.Target.ShouldBe(new RecordingTarget("takes"));
    }

    [Fact]
    public void It_starts_all_recorders_together_once_all_exist()
    {
        var session = NewSession("a", "b");
        session.Tell(new EventsProtocol.Subscribed(), _events.Ref);
        _recorders.ExpectMsg<RecordersProtocol.Create>();
        _recorders.ExpectMsg<RecordersProtocol.Create>();

        session.Tell(new RecordersProtocol.Created(_b.Id), _recorders.Ref);
        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        session.Tell(new RecordersProtocol.Created(_a.Id), _recorders.Ref);

        var start = _recorders.ExpectMsg<RecorderProtocol.Start>();
        start.ShouldBe(new RecorderProtocol.Start(_a.Id, TimeSpan.FromSeconds(1)) { Duration = TimeSpan.FromSeconds(5) });
        _recorders.ExpectMsg<RecorderProtocol.Start>().Recorder.ShouldBe(_b.Id);
    }

    [Fact]
    public async Task It_is_done_when_every_recorder_has_stopped()
    {
        var session = Started("a", "b");

        Tell(session, _a.Started(), _b.Started(), _a.Stopped(5, 10, 1, StopReason.SourceEnded));
        _done.Task.IsCompleted.ShouldBeFalse();
        Tell(session, _b.Stopped(5, 10, 1));

        (await _done.Task).ShouldBeTrue();
        _terminal.Output.Split('\n').Count(line => line.Contains("recorded 5.0 s", StringComparison.Ordinal)).ShouldBe(2);
        _terminal.Error.ShouldBe("");
    }

    [Fact]
    public async Task An_error_of_one_recorder_fails_the_session_after_the_others_are_done()
    {
        var session = Started("a", "b");

        Tell(session, _a.Started(), _b.Started(), _a.Error("The disk is full: free some space."), _a.Data(2, 10), _a.Stopped(2, 10, 1, StopReason.Failed));
        Tell(session, _b.Stopped(5, 10, 1));

        (await _done.Task).ShouldBeFalse();
        _terminal.Error.ShouldStartWith("recorder: a: The disk is full: free some space. Kept 2.0 s in ");
    }

    [Fact]
    public async Task A_changed_source_is_recorded_in_a_new_recording_for_the_rest_of_the_duration()
    {
        var session = Started("a");

        Tell(session, _a.Started(), _a.Error("Track 0 changed to hevc."), _a.Data(2, 10), Changed(_a.Stopped(2, 10, 1, StopReason.Failed)));

        _recorders.ExpectMsg<RecorderProtocol.Start>().ShouldBe(
            new RecorderProtocol.Start(_a.Id, TimeSpan.FromSeconds(1)) { Duration = TimeSpan.FromSeconds(3) });
        _done.Task.IsCompleted.ShouldBeFalse();
        _terminal.Error.ShouldMatch("^recorder: a: Track 0 changed to hevc. Kept 2.0 s in takes/a/.* Continuing in a new recording.\n$");
        Tell(session, _a.Started(), _a.Data(3, 10), _a.Stopped(3, 10, 1));
        (await _done.Task).ShouldBeTrue();
        _terminal.Output.ShouldContain("a: recorded 3.0 s");
    }

    [Fact]
    public async Task A_recording_to_one_file_ends_when_the_source_changes()
    {
        var session = Started(new LineView(_terminal.Console, quiet: false), new RecordingTarget(null, "take.mp4"), "a");

        Tell(session, _a.Started(), _a.Error("Track 0 changed to hevc."), _a.Data(2, 10), Changed(_a.Stopped(2, 10, 1, StopReason.Failed)));

        (await _done.Task).ShouldBeFalse();
        _terminal.Error.ShouldStartWith("recorder: a: Track 0 changed to hevc. Kept 2.0 s in take.mp4.");
    }

    // After a recording this short the restart waits. Meanwhile no stop event can come.
    [Fact]
    public async Task Stopping_ends_a_recorder_that_waits_for_its_restart()
    {
        var session = Started("a");
        Tell(session, _a.Started(), _a.Error("Track 0 changed to hevc."), Changed(_a.Stopped(0, 0, 0, StopReason.Failed)));

        session.Tell(new RecordSessionActor.StopAll());

        _recorders.ExpectMsg<RecorderProtocol.Stop>();
        (await _done.Task).ShouldBeTrue();
    }

    [Fact]
    public async Task A_restart_can_be_refused()
    {
        var session = Started("a");
        Tell(session, _a.Started(), _a.Error("Track 0 changed to hevc."), _a.Data(2, 10), Changed(_a.Stopped(2, 10, 1, StopReason.Failed)));

        session.Tell(new RecorderProtocol.Refused(_a.Id, RecorderState.Inactive, new MediaError(ErrorName.NotSupportedError, "No encoder.")), _recorders.Ref);

        (await _done.Task).ShouldBeFalse();
        _terminal.Error.ShouldEndWith("recorder: a: No encoder. Nothing was recorded.\n");
    }

    [Fact]
    public async Task A_recorder_that_is_refused_does_not_keep_the_others_from_recording()
    {
        var session = NewSession("a", "b");
        session.Tell(new EventsProtocol.Subscribed(), _events.Ref);
        _recorders.ReceiveN(2);
        session.Tell(new RecorderProtocol.Refused(_a.Id, RecorderState.Inactive, new MediaError(ErrorName.NotSupportedError, "No such thing.")), _recorders.Ref);
        session.Tell(new RecordersProtocol.Created(_b.Id), _recorders.Ref);

        _recorders.ExpectMsg<RecorderProtocol.Start>().Recorder.ShouldBe(_b.Id);
        Tell(session, _b.Started(), _b.Stopped(5, 10, 1));

        (await _done.Task).ShouldBeFalse();
        _terminal.Error.ShouldBe("recorder: a: No such thing. Nothing was recorded.\n");
    }

    [Fact]
    public async Task A_start_that_is_refused_ends_that_recorder()
    {
        var session = Started("a");

        session.Tell(new RecorderProtocol.Refused(_a.Id, RecorderState.Inactive, new MediaError(ErrorName.NotSupportedError, "It has ended.")), _recorders.Ref);

        (await _done.Task).ShouldBeFalse();
        _terminal.Error.ShouldBe("recorder: a: It has ended. Nothing was recorded.\n");
    }

    [Fact]
    public async Task Stopping_stops_running_recorders_and_waits_for_their_stop_events()
    {
        var session = Started("a", "b");
        Tell(session, _a.Started(), _b.Started(), _a.Stopped(1, 10, 1, StopReason.SourceEnded));

        session.Tell(new RecordSessionActor.StopAll());

        _recorders.ExpectMsg<RecorderProtocol.Stop>().Recorder.ShouldBe(_b.Id);
        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        session.Tell(new RecorderProtocol.Accepted(_b.Id, RecorderState.Inactive), _recorders.Ref);
        _done.Task.IsCompleted.ShouldBeFalse();
        Tell(session, _b.Data(3, 10), _b.Stopped(3, 10, 1));
        (await _done.Task).ShouldBeTrue();
    }

    [Fact]
    public void A_stop_before_the_start_is_not_forgotten()
    {
        var session = NewSession("a");
        session.Tell(new RecordSessionActor.StopAll());
        session.Tell(new EventsProtocol.Subscribed(), _events.Ref);
        _recorders.ExpectMsg<RecordersProtocol.Create>();
        session.Tell(new RecordersProtocol.Created(_a.Id), _recorders.Ref);

        _recorders.ExpectMsg<RecorderProtocol.Start>();
        _recorders.ExpectMsg<RecorderProtocol.Stop>();
    }

    [Fact]
    public async Task A_reader_that_goes_away_stops_the_recording()
    {
        var session = Started(new JsonView(new CommandOutput(new BrokenPipe(), TextWriter.Null)), "a");

        Tell(session, _a.Started());

        _recorders.ExpectMsg<RecorderProtocol.Stop>();
        Tell(session, _a.Stopped(1, 10, 1));
        (await _done.Task).ShouldBeFalse();
    }

    [Fact]
    public void A_terminal_shows_the_status_periodically()
    {
        var terminal = new Terminal(isTerminal: true);
        var session = Started(new LiveView(terminal.Console), "a");

        _recorders.ExpectMsg<RecorderProtocol.GetStatus>();
        session.Tell(_a.Status(1.5, 1_000), _recorders.Ref);

        AwaitAssert(() => Screen.Of(terminal.Output).ShouldHaveSingleItem().ShouldContain("0:00:01.5"));
    }

    [Fact]
    public async Task Events_of_other_recorders_are_ignored()
    {
        var session = Started("a");

        Tell(session, _b.Started(), _b.Error("No."), _b.Stopped(1, 1, 1, StopReason.Failed), _a.Started(), _a.Stopped(1, 1, 1));

        (await _done.Task).ShouldBeTrue();
        _terminal.Output.ShouldNotContain("b:");
    }

    private IActorRef NewSession(params string[] names) => NewSession(new LineView(_terminal.Console, quiet: false), names);

    private static RecorderProtocol.Stopped Changed(RecorderProtocol.Stopped stopped) => stopped with { SourceHasChanged = true };

    private IActorRef NewSession(ISessionView view, params string[] names) => NewSession(view, new RecordingTarget("takes"), names);

    private IActorRef NewSession(ISessionView view, RecordingTarget target, params string[] names)
    {
        var request = new RecordRequest
        {
            Recorders = [.. names.Select(name => new PlannedRecorder(RecorderId.Parse(name), SourceUri.Parse("test:?tone=1"), "test:?tone=1", target))],
            Options = new RecorderOptions(),
            Timeslice = TimeSpan.FromSeconds(1),
            Duration = TimeSpan.FromSeconds(5),
        };
        return Sys.ActorOf(Props.Create(() => new RecordSessionActor(request, _recorders.Ref, _events.Ref, view, _done)));
    }

    private IActorRef Started(params string[] names) => Started(new LineView(_terminal.Console, quiet: false), names);

    private IActorRef Started(ISessionView view, params string[] names) => Started(view, new RecordingTarget("takes"), names);

    private IActorRef Started(ISessionView view, RecordingTarget target, params string[] names)
    {
        var session = NewSession(view, target, names);
        session.Tell(new EventsProtocol.Subscribed(), _events.Ref);
        _recorders.ReceiveN(names.Length);
        foreach (var name in names)
            session.Tell(new RecordersProtocol.Created(RecorderId.Parse(name)), _recorders.Ref);

        _recorders.ReceiveN(names.Length);
        return session;
    }

    private void Tell(IActorRef session, params RecorderProtocol.IEvent[] events)
    {
        foreach (var happened in events)
            session.Tell(happened, _events.Ref);
    }

    private sealed class BrokenPipe : StringWriter
    {
        public override void Flush() => throw new IOException("Broken pipe");
    }
}
