namespace Recorder.ActorKernel.Tests;

public class ActorPathSpecs : EngineSpec
{
    private sealed class Idle : ReceiveActor
    {
        public Idle() => ReceiveAny(_ => { });
    }

    private static ActorPath Root => new RootActorPath(new Address("akka", "sys"));

    [Fact]
    public void A_path_is_made_with_slashes()
    {
        var path = Root / "user" / "a" / "b";

        path.Name.ShouldBe("b");
        path.Parent!.Name.ShouldBe("a");
        path.Elements.ShouldBe(["user", "a", "b"]);
        path.ToString().ShouldBe("akka://sys/user/a/b");
        path.ToStringWithoutAddress().ShouldBe("/user/a/b");
        path.Address.ShouldBe(new Address("akka", "sys"));
        path.Root.ToString().ShouldBe("akka://sys/");
    }

    [Fact]
    public void Paths_are_equal_by_address_and_names()
    {
        (Root / "user" / "a").ShouldBe(Root / "user" / "a");
        (Root / "user" / "a").GetHashCode().ShouldBe((Root / "user" / "a").GetHashCode());
        (Root / "user" / "a").ShouldNotBe(Root / "user" / "b");
        (new RootActorPath(new Address("akka", "other")) / "user" / "a").ShouldNotBe(Root / "user" / "a");
    }

    [Fact]
    public void A_path_can_be_read_back()
    {
        var path = Root / "user" / "a" / "b";

        ActorPath.Parse(path.ToString()).ShouldBe(path);
        ActorPath.Parse("akka://sys/user/a#42").Uid.ShouldBe(42);
        ActorPath.TryParse("no path", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("a-b_c.d*e", true)]
    [InlineData("%20", true)]
    [InlineData("", false)]
    [InlineData("$a", false)]
    [InlineData("a/b", false)]
    [InlineData("ö", false)]
    [InlineData("a b", false)]
    public void Some_names_are_valid(string name, bool valid) => ActorPath.IsValidPathElement(name).ShouldBe(valid);

    [Fact]
    public void Two_incarnations_of_a_name_are_two_actors()
    {
        var first = Watch(Sys.ActorOf(Props.Create<Idle>(), "again"));
        Sys.Stop(first);
        ExpectTerminated(first);
        IActorRef second = null!;
        AwaitAssert(() => second = Sys.ActorOf(Props.Create<Idle>(), "again"), interval: TimeSpan.FromMilliseconds(10));

        second.Path.ShouldBe(first.Path);
        second.ShouldNotBe(first);
    }

    [Fact]
    public void References_sort_by_path()
    {
        var names = new[] { "c", "a", "b" };
        var actors = names.Select(name => Sys.ActorOf(Props.Create<Idle>(), name)).ToList();

        actors.Order().Select(actor => actor.Path.Name).ShouldBe(["a", "b", "c"]);
    }
}

public class ActorSelectionSpecs : EngineSpec
{
    private sealed class Node : ReceiveActor
    {
        public Node(int depth)
        {
            if (depth > 0)
            {
                Context.ActorOf(Props.Create(() => new Node(depth - 1)), "left");
                Context.ActorOf(Props.Create(() => new Node(depth - 1)), "right");
            }

            Receive<string>(text => text.StartsWith("select ", StringComparison.Ordinal), text =>
                Context.ActorSelection(text["select ".Length..]).Tell("where?", Sender));
            Receive<string>(_ => Sender.Tell(Self.Path.ToStringWithoutAddress()));
        }
    }

    private IActorRef Start()
    {
        var top = Sys.ActorOf(Props.Create(() => new Node(2)), "top");
        AwaitHandled(top);

        // A child exists when its parent has been made; to be sure of the grandchildren, the children must have been made.
        foreach (var name in new[] { "left", "right" })
        {
            Sys.ActorSelection(top.Path / name).Tell(new Identify(name));
            ExpectMsg<ActorIdentity>().MessageId.ShouldBe(name);
        }

        return top;
    }

    [Fact]
    public void An_absolute_path_selects()
    {
        Start();

        Sys.ActorSelection("/user/top/left/right").Tell("where?");

        ExpectMsg("/user/top/left/right");
    }

    [Fact]
    public void A_whole_path_with_its_address_selects()
    {
        var top = Start();

        Sys.ActorSelection(top.Path.ToString()).Tell("where?");
        ExpectMsg("/user/top");
        Sys.ActorSelection(top.Path / "left").Tell("where?");

        ExpectMsg("/user/top/left");
    }

    [Fact]
    public void A_relative_path_selects_from_the_actor()
    {
        var top = Start();

        top.Tell("select left/right");
        ExpectMsg("/user/top/left/right");
        Sys.ActorSelection("/user/top/left").Tell("select ../right");

        ExpectMsg("/user/top/right");
    }

    [Fact]
    public void A_star_selects_every_child()
    {
        Start();

        Sys.ActorSelection("/user/top/*").Tell("where?");
        ExpectMsgAllOf(["/user/top/left", "/user/top/right"]);
        Sys.ActorSelection("/user/top/*/left").Tell("where?");
        ExpectMsgAllOf(["/user/top/left/left", "/user/top/right/left"]);
        Sys.ActorSelection("/user/top/l*t").Tell("where?");

        ExpectMsg("/user/top/left");
    }

    [Fact]
    public void Identify_answers_with_the_actor()
    {
        var top = Start();

        Sys.ActorSelection("/user/top").Tell(new Identify(7));

        ExpectMsg<ActorIdentity>(identity =>
        {
            identity.MessageId.ShouldBe(7);
            identity.Subject.ShouldBe(top);
        });
    }

    [Fact]
    public void Identify_of_nobody_answers_with_nobody()
    {
        Sys.ActorSelection("/user/nobody/home").Tell(new Identify(8));

        ExpectMsg<ActorIdentity>(identity =>
        {
            identity.MessageId.ShouldBe(8);
            identity.Subject.ShouldBeNull();
        });
    }

    [Fact]
    public async Task ResolveOne_finds_the_reference()
    {
        var top = Start();

        (await Sys.ActorSelection("/user/top").ResolveOne(TimeSpan.FromSeconds(5))).ShouldBe(top);
    }

    [Fact]
    public async Task ResolveOne_of_nobody_fails() =>
        await Should.ThrowAsync<ActorNotFoundException>(
            () => Sys.ActorSelection("/user/nobody").ResolveOne(TimeSpan.FromSeconds(5)));

    [Fact]
    public void A_message_for_nobody_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.ActorSelection("/user/nobody").Tell("lost");

        ExpectMsg<DeadLetter>().Message.ShouldBe("lost");
    }
}
