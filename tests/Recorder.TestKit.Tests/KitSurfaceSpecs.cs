using Xunit.Sdk;

namespace Recorder.Testing.Tests;

public class KitSurfaceSpecs : KitSpec
{
    private sealed class Ending() : TestKit("akka.stdout-loglevel = OFF")
    {
        public List<string> Order { get; } = [];

        protected override void AfterAll()
        {
            Order.Add($"before {Sys.WhenTerminated.IsCompleted}");
            base.AfterAll();
            Order.Add($"after {Sys.WhenTerminated.IsCompleted}");
        }
    }

    [Fact]
    public async Task AfterAll_comes_before_the_end_of_the_system()
    {
        var kit = new Ending();

        kit.Dispose();
        kit.Dispose();
        await kit.Sys.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(3));

        kit.Order.ShouldBe(["before False", "after False"]);
    }

    private sealed class Stubborn : ReceiveActor
    {
        private readonly TestLatch _latch;

        public Stubborn(TestLatch latch) => _latch = latch;

        protected override void PostStop() => _latch.Ready();
    }

    [Fact]
    public void A_system_that_does_not_end_in_time_is_an_error_when_that_is_asked_for()
    {
        var latch = CreateTestLatch();
        var stubborn = Sys.ActorOf(Props.Create(() => new Stubborn(latch)), "stubborn");
        stubborn.Tell(new Identify(1));
        ExpectMsg<ActorIdentity>();

        var failure = Should.Throw<TimeoutException>(() => Shutdown(Short, verifySystemShutdown: true));
        latch.Open();

        failure.Message.ShouldStartWith($"Failed to stop [{Sys.Name}] within [{Short}]");
        failure.Message.ShouldContain("stubborn");
    }

    [Fact]
    public void A_kit_can_be_made_of_a_setup()
    {
        using var kit = new TestKit(ActorSystemSetup.Create(BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nmine = 5"))), "of-setup");

        kit.Sys.Name.ShouldBe("of-setup");
        kit.Sys.Settings.Config.GetInt("mine").ShouldBe(5);
        kit.TestActor.Tell("x");
        kit.ExpectMsg("x");
    }

    [Fact]
    public void A_failure_has_the_type_of_the_assertion_that_failed()
    {
        Come("x", "y");

        Should.Throw<FailException>(() => ExpectMsg<int>(Short));
        Should.Throw<TrueException>(() => ExpectMsg<string>(text => text == "z", Short));
        Should.Throw<FailException>(() => ExpectMsg<int>(Short));
        Should.Throw<FailException>(() => AwaitCondition(() => false, Short));
    }

    [Fact]
    public void The_echo_speaks_in_the_senders_name()
    {
        var (echo, probe) = (Sys.ActorOf(EchoActor.Props(this)), CreateTestProbe());

        probe.Send(echo, "x");

        probe.ExpectMsg("x");
        probe.LastSender.ShouldBe(probe.Ref);
        ExpectMsg("x");
        LastSender.ShouldBe(probe.Ref);
        echo.Tell("mine");
        ExpectMsg("mine");
        ExpectNoMsg(Short);
    }

    [Fact]
    public void A_probe_makes_children_of_a_type()
    {
        var probe = CreateTestProbe();

        probe.ChildActorOf<BlackHoleActor>("named").Path.ShouldBe(probe.Ref.Path / "named");
        probe.ChildActorOf<BlackHoleActor>().Path.Parent.ShouldBe(probe.Ref.Path);
    }

    [Fact]
    public async Task Receiving_while_is_a_stream()
    {
        Come("a", "b", "c");
        var came = new List<string>();

        await foreach (var text in ReceiveWhileAsync(Short, message => message as string, msgs: 2))
            came.Add(text!);

        came.ShouldBe(["a", "b"]);
        ExpectMsg("c");
    }

    [Fact]
    public void The_test_actor_has_the_message_when_Tell_returns()
    {
        TestActor.Tell("x");

        HasMessages.ShouldBeTrue();
        ExpectMsg("x");
    }

    [Fact]
    public async Task Further_forms_do_the_same()
    {
        Come("a", "b", "c");

        (await PeekOneAsync(CancellationToken.None)).ShouldBe("a");
        ExpectMsgAllOf("b", "a").ShouldBe(["a", "b"]);
        ExpectMsgAllOf(TimeSpan.FromSeconds(3), "c");
        await AwaitConditionAsync(() => true);
        (await AwaitConditionNoThrowAsync(() => false, Short)).ShouldBeFalse();
        var child = await ChildActorOfAsync(BlackHoleActor.Props, "child");
        child.Path.Parent.ShouldBe(TestActor.Path);
        (await WatchAsync(child)).ShouldBe(child);
        (await UnwatchAsync(child)).ShouldBe(child);
        Sys.Stop(child);
        TestKitSettings.ExpectNoMessageDefault.ShouldBe(TimeSpan.FromSeconds(3));
        await ExpectNoMsgAsync(Short);
    }

    [Fact]
    public void Actors_can_be_made_of_a_few_lines()
    {
        var actor = ActorOf(c =>
        {
            c.Receive<string>((text, context) => context.Sender.Tell("got " + text));
            c.OnPreStart = _ => TestActor.Tell("started");
        });

        actor.Tell("x");

        ExpectMsg("started");
        ExpectMsg("got x");
    }
}

public class TestEventListenerSpecs : KitSpec
{
    public TestEventListenerSpecs()
        : base("akka.loggers = [\"Akka.TestKit.TestEventListener, Akka.TestKit\"]")
    {
    }

    [Fact]
    public void What_is_muted_is_announced_and_announced_again_when_it_is_over()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Mute));
        Sys.EventStream.Subscribe(TestActor, typeof(Unmute));

        EventFilter.Warning("known").ExpectOne(() => Sys.Log.Warning("known"));

        ExpectMsg<Mute>().Filters.Count.ShouldBe(1);
        ExpectMsg<Unmute>().Filters.Count.ShouldBe(1);
    }
}
