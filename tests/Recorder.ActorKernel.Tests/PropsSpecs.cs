namespace Recorder.ActorKernel.Tests;

public class PropsSpecs : EngineSpec
{
    private sealed class Holding : ReceiveActor
    {
        public Holding()
            : this("none", 0)
        {
        }

        public Holding(string text, int number)
        {
            Receive<string>(word => word == "fail", _ => throw new BoomException());
            ReceiveAny(_ => Sender.Tell((text, number)));
        }
    }

    private void MustHold(Props props, string text, int number)
    {
        Sys.ActorOf(props).Tell("what?");
        ExpectMsg((text, number));
    }

    [Fact]
    public void Props_of_a_type_use_its_constructor_without_arguments()
    {
        MustHold(Props.Create<Holding>(), "none", 0);
        MustHold(Props.Create(typeof(Holding)), "none", 0);
    }

    [Fact]
    public void Props_of_a_type_with_arguments_use_the_constructor_that_fits()
    {
        MustHold(Props.Create<Holding>("a", 1), "a", 1);
        MustHold(Props.Create(typeof(Holding), "b", 2), "b", 2);
    }

    [Fact]
    public void Props_of_an_expression_call_it()
    {
        var (text, number) = ("c", 3);

        MustHold(Props.Create(() => new Holding(text + "!", number * 2)), "c!", 6);
    }

    [Fact]
    public void A_restart_uses_the_same_arguments_again()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding("kept", 4)));

        actor.Tell("fail");
        actor.Tell("what?");

        ExpectMsg(("kept", 4));
    }

    [Fact]
    public void An_expression_that_makes_no_new_actor_is_refused() =>
        Should.Throw<InvalidCastException>(() => Props.Create(() => Make()));

    private static Holding Make() => new();

    [Fact]
    public void Arguments_that_fit_no_constructor_stop_the_actor() =>
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
        {
            var actor = Watch(Sys.ActorOf(Props.Create<Holding>(1, 2, 3)));
            ExpectTerminated(actor);
        });

    [Fact]
    public void A_name_is_taken_only_once()
    {
        Sys.ActorOf(Props.Create<Holding>(), "taken");

        Should.Throw<InvalidActorNameException>(() => Sys.ActorOf(Props.Create<Holding>(), "taken"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$reserved")]
    [InlineData("a/b")]
    [InlineData("with space")]
    [InlineData("hash#")]
    public void A_name_that_is_no_path_element_is_refused(string name) =>
        Should.Throw<InvalidActorNameException>(() => Sys.ActorOf(Props.Create<Holding>(), name));

    [Fact]
    public void Without_a_name_each_actor_gets_one_of_its_own()
    {
        var names = Enumerable.Range(0, 100).Select(_ => Sys.ActorOf(Props.Create<Holding>()).Path.Name).ToList();

        names.Distinct().Count().ShouldBe(100);
        names.ShouldAllBe(name => name.StartsWith('$'));
    }

    private sealed class Nothing : ReceiveActor;

    [Fact]
    public void Props_are_values_that_With_methods_copy()
    {
        var props = Props.Create<Nothing>();

        var other = props.WithMailbox("other");

        props.Deploy.Mailbox.ShouldNotBe("other");
        other.Deploy.Mailbox.ShouldBe("other");
        other.Type.ShouldBe(typeof(Nothing));
    }
}
