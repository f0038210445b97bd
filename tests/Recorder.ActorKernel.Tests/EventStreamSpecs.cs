namespace Recorder.ActorKernel.Tests;

public class EventStreamSpecs : EngineSpec
{
    private interface INote;

    private class Base;

    private sealed class Heir : Base, INote;

    private sealed record Other(int Number);

    [Fact]
    public void A_subscriber_of_a_class_gets_its_events_and_no_others()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Other));

        Sys.EventStream.Publish(new Base());
        Sys.EventStream.Publish(new Other(1));

        ExpectMsg(new Other(1));
    }

    [Fact]
    public void A_subscriber_of_a_base_class_gets_its_heirs()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Base));

        Sys.EventStream.Publish(new Heir());

        ExpectMsg<Heir>();
    }

    [Fact]
    public void A_subscriber_of_an_interface_gets_what_implements_it()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(INote));

        Sys.EventStream.Publish(new Base());
        Sys.EventStream.Publish(new Heir());

        ExpectMsg<Heir>();
    }

    [Fact]
    public void A_subscription_of_a_class_that_was_published_before_counts_from_then_on()
    {
        Sys.EventStream.Publish(new Heir());
        Sys.EventStream.Subscribe(TestActor, typeof(Base));

        Sys.EventStream.Publish(new Heir());

        ExpectMsg<Heir>();
        ExpectNoMsg(Soon);
    }

    [Fact]
    public void Who_subscribes_twice_is_told_so_and_gets_each_event_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Other)).ShouldBeTrue();
        Sys.EventStream.Subscribe(TestActor, typeof(Other)).ShouldBeFalse();

        Sys.EventStream.Publish(new Other(1));

        ExpectMsg(new Other(1));
        ExpectNoMsg(Soon);
    }

    [Fact]
    public void Unsubscribing_from_a_class_leaves_the_other_subscriptions()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Other));
        Sys.EventStream.Subscribe(TestActor, typeof(Base));

        Sys.EventStream.Unsubscribe(TestActor, typeof(Other)).ShouldBeTrue();
        Sys.EventStream.Publish(new Other(1));
        Sys.EventStream.Publish(new Base());

        ExpectMsg<Base>();
    }

    [Fact]
    public void Unsubscribing_altogether_ends_every_subscription()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Other));
        Sys.EventStream.Subscribe(TestActor, typeof(Base));

        Sys.EventStream.Unsubscribe(TestActor);
        Sys.EventStream.Publish(new Other(1));
        Sys.EventStream.Publish(new Base());

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void Every_subscriber_gets_the_event()
    {
        var probes = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToList();
        foreach (var probe in probes)
            Sys.EventStream.Subscribe(probe.Ref, typeof(Other));

        Sys.EventStream.Publish(new Other(7));

        foreach (var probe in probes)
            probe.ExpectMsg(new Other(7));
    }

    private sealed class Idle : ReceiveActor
    {
        public Idle() => ReceiveAny(_ => { });
    }

    [Fact]
    public void A_subscriber_that_terminates_is_forgotten()
    {
        var subscriber = Watch(Sys.ActorOf(Props.Create<Idle>()));
        Sys.EventStream.Subscribe(subscriber, typeof(Other));

        Sys.Stop(subscriber);
        ExpectTerminated(subscriber);

        AwaitAssert(
            () => Sys.EventStream.Subscribe(subscriber, typeof(Other)).ShouldBeTrue("it is subscribed no more"),
            interval: TimeSpan.FromMilliseconds(10));
    }

    private sealed class Logging : ReceiveActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Logging()
        {
            Receive<string>(text => _log.Info("noted {0}", text));
            Receive<Exception>(exception => _log.Error(exception, "it failed"));
            ReceiveAny(message => _log.Warning("odd {0}", message));
        }
    }

    [Fact]
    public void An_actors_log_is_published_with_its_path()
    {
        var actor = Sys.ActorOf(Props.Create<Logging>(), "logging");

        EventFilter.Info("noted x", source: actor.Path.ToString()).ExpectOne(() => actor.Tell("x"));
        EventFilter.Warning(contains: "odd 5").ExpectOne(() => actor.Tell(5));
        EventFilter.Exception<BoomException>("it failed").ExpectOne(() => actor.Tell(new BoomException()));
    }

    [Fact]
    public void What_is_below_the_log_level_is_not_published() =>
        EventFilter.Debug().Expect(0, Soon, () => Sys.Log.Debug("detail"));
}
