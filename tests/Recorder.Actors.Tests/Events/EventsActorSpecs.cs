using Recorder.Actors.Events;
using Recorder.Contracts;
using static Recorder.Contracts.EventsProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Events;

public sealed class EventsActorSpecs : TestKit
{
    private static readonly RecorderId A = new("a");
    private static readonly RecorderId B = new("b");
    private readonly IActorRef _events;

    public EventsActorSpecs() => _events = Sys.ActorOf(EventsActor.PropsFor());

    [Fact]
    public void Invariant_2_every_subscriber_sees_every_event_in_order()
    {
        var subscribers = Enumerable.Range(0, 3).Select(_ => Subscriber(new Subscribe())).ToList();
        for (var number = 1; number <= 100; number++)
            _events.Tell(Event(A, number), ActorRefs.NoSender);

        foreach (var subscriber in subscribers)
            subscriber.ReceiveN(100).Cast<IEvent>().Select(raised => raised.Sequence).ShouldBe(Enumerable.Range(1, 100).Select(n => (long)n));
    }

    [Fact]
    public void A_subscriber_can_choose_a_recorder_and_a_kind()
    {
        var ofA = Subscriber(new Subscribe(A));
        var resumed = Subscriber(new Subscribe(Kind: typeof(Resumed)));
        _events.Tell(Event(A, 1), ActorRefs.NoSender);
        _events.Tell(Event(B, 1), ActorRefs.NoSender);
        _events.Tell(new Resumed(B, 2, default), ActorRefs.NoSender);

        ofA.ExpectMsg<Paused>().Recorder.ShouldBe(A);
        ofA.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        resumed.ExpectMsg<Resumed>().Recorder.ShouldBe(B);
        resumed.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Two_matching_subscriptions_deliver_an_event_once()
    {
        var subscriber = Subscriber(new Subscribe(A), new Subscribe());
        _events.Tell(Event(A, 1), ActorRefs.NoSender);

        subscriber.ExpectMsg<Paused>();
        subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_subscriber_that_unsubscribes_or_dies_gets_no_events_and_the_others_do()
    {
        var leaving = Subscriber(new Subscribe());
        var dying = Subscriber(new Subscribe());
        var staying = Subscriber(new Subscribe());
        leaving.Send(_events, new Unsubscribe());
        leaving.ExpectMsg<Unsubscribed>();
        Watch(dying);
        Sys.Stop(dying);
        ExpectTerminated(dying);
        _events.Tell(Event(A, 1), ActorRefs.NoSender);

        staying.ExpectMsg<Paused>();
        leaving.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    private static Paused Event(RecorderId recorder, long number) => new(recorder, number, default);

    private TestProbe Subscriber(params Subscribe[] wishes)
    {
        var probe = CreateTestProbe();
        foreach (var wish in wishes)
        {
            probe.Send(_events, wish);
            probe.ExpectMsg<Subscribed>();
        }

        return probe;
    }
}
