using System.Diagnostics;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing.Tests;

/// <summary>The features of Akka's TestKit work in a spec about recorders, in virtual time.</summary>
public sealed class AkkaTestKitSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Longer than the test runs, so that an expectation that waited in real time would be noticed.
    private static readonly TimeSpan LongTime = TimeSpan.FromDays(3);

    [Fact]
    public void A_probe_that_subscribes_to_a_recorder_gets_its_events()
    {
        var recorder = CreateRecorder(Source());
        var probe = CreateTestProbe();
        World.Events.Tell(new EventsProtocol.Subscribe(recorder.Id), probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>();

        recorder.Start(timeslice: Second);
        Clock.Advance(2 * Second);
        recorder.Stop();

        probe.FishForMessage<Started>(_ => true).Recorder.ShouldBe(recorder.Id);
        probe.FishForMessage<DataAvailable>(data => data.Data.Number == 2);
        probe.FishForMessage<Stopped>(_ => true);
    }

    [Fact]
    public void The_test_actor_is_the_sender_of_the_tests_messages_and_receives_the_answers()
    {
        var recorder = CreateRecorder(Source());

        World.Recorders.Tell(new Pause(recorder.Id));

        ExpectMsg<Refused>().Error.Name.ShouldBe(ErrorName.InvalidStateError);
    }

    [Fact]
    public async Task An_ask_is_answered_before_the_test_awaits()
    {
        var recorder = CreateRecorder(Source());

        var answer = World.Recorders.Ask<Accepted>(new Start(recorder.Id));

        answer.IsCompleted.ShouldBeTrue();
        (await answer).State.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public async Task After_an_await_messages_are_still_processed_when_they_are_sent()
    {
        var recorder = CreateRecorder(Source());
        await Task.Run(() => { });

        World.Recorders.Tell(new Start(recorder.Id));

        (await ExpectMsgAsync<Accepted>()).State.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public void ExpectNoMsg_does_not_wait()
    {
        var (probe, started) = (CreateTestProbe(), Stopwatch.GetTimestamp());

        probe.ExpectNoMsg(LongTime);
        ExpectNoMsg(LongTime);
        ExpectNoMsg();
        probe.Tell("here");

        Should.Throw<Xunit.Sdk.XunitException>(() => probe.ExpectNoMsg(LongTime));
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(LongTime);
    }

    [Fact]
    public void Within_measures_virtual_time()
    {
        Within(2 * Second, 3 * Second, () => Clock.Advance(2.5 * Second));
        CreateTestProbe().Within(Second, () => 7).ShouldBe(7);

        Should.Throw<SpecFailedException>(() => Within(Second, () => Clock.Advance(2 * Second))).Message.ShouldContain("2 s of virtual time");
        Should.Throw<SpecFailedException>(() => CreateTestProbe().Within(Second, 2 * Second, () => { }));
    }

    [Fact]
    public void An_event_filter_finds_the_exception_of_a_failing_actor()
    {
        var failing = Sys.ActorOf(Props.Create(() => new Failing()));

        EventFilter.Exception<InvalidOperationException>("It broke.").ExpectOne(() => failing.Tell("fail"));
    }

    [Fact]
    public void A_watched_actor_that_stops_is_reported()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Failing()));
        Watch(actor);

        Sys.Stop(actor);

        ExpectTerminated(actor);
    }

    [Fact]
    public void Akkas_scheduler_and_the_clock_are_the_same_clock()
    {
        var scheduler = (TestScheduler)Sys.Scheduler;
        Clock.Advance(5 * Second);
        scheduler.Now.ShouldBe(Clock.GetUtcNow());
        scheduler.ScheduleTellOnce(2 * Second, TestActor, "due", ActorRefs.NoSender);

        scheduler.Advance(Second);
        ExpectNoMsg();
        Clock.Elapsed.ShouldBe(6 * Second);
        Clock.Advance(Second);

        ExpectMsg("due");
    }

    [Fact]
    public void A_source_delivers_media_when_the_scheduler_advances()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(timeslice: Second);

        ((TestScheduler)Sys.Scheduler).Advance(3 * Second);

        recorder.ExpectStarted();
        recorder.Blobs.ShouldNotBeEmpty();
    }

    [Fact]
    public void Messages_that_are_sent_together_are_in_flight_at_the_same_time()
    {
        var (left, right) = (CreateRecorder(Source("left")), CreateRecorder(Source("right")));
        var orders = Enumerable.Range(1, 20).Select(seed =>
        {
            using var world = new RecorderWorld(seed, runsAtOnce: true);
            var received = new List<int>();
            var actors = Enumerable.Range(0, 4).Select(number => world.Sys.ActorOf(Props.Create(() => new Noting(number, received)))).ToList();
            world.Together(() => actors.ForEach(actor => actor.Tell("now", ActorRefs.NoSender)));
            return string.Join(' ', received);
        });

        orders.Distinct().Count().ShouldBeGreaterThan(5);
        left.State.ShouldBe(right.State);
    }

    [Fact]
    public void A_subscription_to_a_recorder_that_does_not_exist_is_refused()
    {
        var probe = CreateTestProbe();

        Should.Throw<SpecFailedException>(() => Subscribe(probe, new RecorderId("nowhere"))).Message.ShouldContain("There is no recorder 'nowhere'");
        World.Events.Tell(new EventsProtocol.Subscribe(new RecorderId("nowhere")) { MustExist = true }, probe);
        probe.ExpectMsg<Refused>().Error.Message.ShouldContain("There is no recorder 'nowhere'");
        probe.ExpectNoMsg();
    }

    [Fact]
    public void A_subscription_that_needs_its_recorder_is_refused_after_the_recorder_was_removed()
    {
        var (probe, recorder) = (CreateTestProbe(), CreateRecorder(Source()));
        var subscribe = new EventsProtocol.Subscribe(recorder.Id) { MustExist = true };
        World.Events.Tell(subscribe, probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>();

        World.Recorders.Tell(new RecordersProtocol.Remove(recorder.Id), probe);
        probe.FishForMessage<RecordersProtocol.Removed>(_ => true);
        World.Events.Tell(subscribe, probe);

        probe.ExpectMsg<Refused>();
    }

    [Fact]
    public void A_command_after_the_actor_system_has_ended_fails_with_a_clear_message()
    {
        var recorder = CreateRecorder(Source());
        World.Dispose();

        Should.Throw<SpecFailedException>(() => recorder.Start()).Message.ShouldContain("the actor system 'world' has ended");
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing() => ReceiveAny(_ => throw new InvalidOperationException("It broke."));
    }

    private sealed class Noting : ReceiveActor
    {
        public Noting(int number, List<int> received) => ReceiveAny(_ => received.Add(number));
    }
}
