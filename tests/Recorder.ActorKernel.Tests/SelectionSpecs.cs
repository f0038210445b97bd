namespace Recorder.ActorKernel.Tests;

public class SelectionSpecs : EngineSpec
{
    private IActorRef Identify(string path)
    {
        Sys.ActorSelection(path).Tell(new Identify(path));
        return ExpectMsg<ActorIdentity>(identity => identity.MessageId.ShouldBe(path)).Subject;
    }

    private IActorRef Start(string name)
    {
        var actor = Sys.ActorOf(c =>
        {
            c.ActorOf(child => child.ReceiveAny((_, context) => context.Sender.Tell(context.Self)), "child");
            c.ReceiveAny((_, context) => context.Sender.Tell(context.Self));
        }, name);
        actor.Tell("are your children there?");
        ExpectMsg(actor);
        return actor;
    }

    [Theory]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("user/..")]
    public void The_root_can_be_selected(string path) => Identify(path).Path.ToStringWithoutAddress().ShouldBe("/");

    [Theory]
    [InlineData("/user")]
    [InlineData("user")]
    [InlineData("user/")]
    [InlineData("/system")]
    public void The_guardians_can_be_selected(string path) =>
        Identify(path).Path.ToStringWithoutAddress().Trim('/').ShouldBe(path.Trim('/'));

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("/user/nobody")]
    [InlineData("akka://all-systems/user")]
    public void What_is_not_there_identifies_as_null(string path) => Identify(path).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("foo://user")]
    [InlineData("/deadLetters")]
    [InlineData("deadLetters/")]
    public void What_leads_to_dead_letters_identifies_as_nobody(string path) => Identify(path).ShouldBe(ActorRefs.Nobody);

    [Fact]
    public async Task ResolveOne_of_dead_letters_is_nobody() =>
        (await Sys.ActorSelection("/deadLetters").ResolveOne(TimeSpan.FromSeconds(3))).ShouldBe(ActorRefs.Nobody);

    [Fact]
    public void A_selection_without_steps_is_its_anchor()
    {
        var actor = Start("anchor");

        new ActorSelection(actor, "").Tell("x");

        ExpectMsg(actor);
    }

    [Fact]
    public void Steps_go_up_and_fan_out_and_the_sender_stays()
    {
        var first = Start("first");
        var second = Start("second");

        new ActorSelection(first, "../*/child").Tell("x");

        ReceiveN(2).ShouldBe([Identify("/user/first/child"), Identify("/user/second/child")], ignoreOrder: true);
        new ActorSelection(second, "child/../../first").Tell("x");
        ExpectMsg(first);
    }

    [Fact]
    public void A_wildcard_that_nobody_fits_is_one_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.ActorSelection("/user/nobody/*/here").Tell("lost");

        ExpectMsg<DeadLetter>().Message.ShouldBe("lost");
    }

    [Fact]
    public void Selections_are_equal_by_anchor_and_steps_and_say_both()
    {
        var (one, other) = (Start("one"), Start("other"));

        new ActorSelection(one, "../*/x").ShouldBe(new ActorSelection(one, "../*/x"));
        new ActorSelection(one, "../*/x").GetHashCode().ShouldBe(new ActorSelection(one, "../*/x").GetHashCode());
        new ActorSelection(one, "../*/x").ShouldNotBe(new ActorSelection(other, "../*/x"));
        new ActorSelection(one, "../*/x").ShouldNotBe(new ActorSelection(one, "../*/y"));
        new ActorSelection(one, "../*/x").ToString()
            .ShouldBe($"ActorSelection[Anchor(akka://{Sys.Name}/user/one#{one.Path.Uid}), Path(/../*/x)]");
    }

    [Fact]
    public void A_host_is_kept_in_lower_case()
    {
        new Address("akka", "system", "HOST", 1).ToString().ShouldBe("akka://system@host:1");
        ActorPath.Parse("aKKa://sYs@hOst:1/A/b").ToString().ShouldBe("akka://sYs@host:1/A/b");
    }
}
