namespace Recorder.Testing.Tests;

public class ExpectMsgSpecs : KitSpec
{
    private sealed record Note(string Text);

    [Fact]
    public void A_message_of_the_type_is_returned()
    {
        Come(new Note("a"));

        ExpectMsg<Note>().ShouldBe(new Note("a"));
    }

    [Fact]
    public void A_message_of_another_type_fails_and_is_named()
    {
        Come("something else");

        var failure = FailureOf(() => ExpectMsg<Note>(hint: "the hint"));

        failure.ShouldContain(typeof(Note).ToString());
        failure.ShouldContain("something else");
        failure.ShouldContain("System.String");
        failure.ShouldContain("the hint");
    }

    [Fact]
    public void No_message_fails_when_the_time_is_over()
    {
        var failure = FailureOf(() => ExpectMsg<Note>(Short, "the hint"));

        failure.ShouldContain("00:00:00.04");
        failure.ShouldContain(typeof(Note).ToString());
        failure.ShouldContain("the hint");
    }

    [Fact]
    public void A_message_that_comes_later_is_waited_for()
    {
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "later", ActorRefs.NoSender);

        ExpectMsg("later");
    }

    [Fact]
    public void An_equal_message_passes_and_another_fails_with_both()
    {
        Come(new Note("a"), new Note("b"));

        ExpectMsg(new Note("a"));
        var failure = FailureOf(() => ExpectMsg(new Note("c")));

        failure.ShouldContain("Text = b");
        failure.ShouldContain("Text = c");
    }

    [Fact]
    public void A_predicate_decides()
    {
        Come(1, 2);

        ExpectMsg<int>(number => number == 1).ShouldBe(1);
        FailureOf(() => ExpectMsg<int>(number => number == 1, hint: "a one")).ShouldContain("a one");
    }

    [Fact]
    public void An_assertion_decides()
    {
        Come(1, 2);

        ExpectMsg<int>(number => { number.ShouldBe(1); });

        Should.Throw<ShouldAssertException>(() => ExpectMsg<int>(number => { number.ShouldBe(1); }));
    }

    [Fact]
    public void Predicates_and_assertions_may_look_at_the_sender()
    {
        var probe = CreateTestProbe();
        TestActor.Tell("a", probe);
        TestActor.Tell("b", probe);
        TestActor.Tell("c", probe);

        ExpectMsg<string>((text, sender) => text == "a" && sender.Equals(probe.Ref));
        ExpectMsg<string>((text, sender) => sender.ShouldBe(probe.Ref));
        FailureOf(() => ExpectMsg<string>((_, sender) => sender.Equals(TestActor))).ShouldContain("c");
    }

    [Fact]
    public void A_comparer_decides()
    {
        Come("ABC", "x");

        ExpectMsg("abc", (a, b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase)).ShouldBe("ABC");

        FailureOf(() => ExpectMsg("abc", (a, b) => a == b));
    }

    [Fact]
    public void The_sender_can_be_expected()
    {
        var (probe, other) = (CreateTestProbe("one"), CreateTestProbe("two"));
        foreach (var text in new[] { "a", "b", "c", "d" })
            TestActor.Tell(text, probe.Ref);

        ExpectMsgFrom<string>(probe.Ref).ShouldBe("a");
        ExpectMsgFrom(probe.Ref, "b");
        ExpectMsgFrom<string>(probe.Ref, text => text == "c");
        var failure = FailureOf(() => ExpectMsgFrom<string>(other.Ref));

        failure.ShouldContain("one");
        failure.ShouldContain("two");
    }

    [Fact]
    public void Any_of_those_given_passes()
    {
        Come("b", "d");

        ExpectMsgAnyOf(["a", "b", "c"]).ShouldBe("b");
        FailureOf(() => ExpectMsgAnyOf(["a", "b", "c"])).ShouldContain("d");
    }

    [Fact]
    public void All_of_those_given_pass_in_any_order()
    {
        Come("c", "a", "b");

        ExpectMsgAllOf(["a", "b", "c"]).ShouldBe(["c", "a", "b"]);
    }

    [Fact]
    public void All_of_says_what_is_missing_and_what_is_not_expected()
    {
        Come("a", "x");

        var failure = FailureOf(() => ExpectMsgAllOf(["a", "b"]));

        failure.ShouldContain("b");
        failure.ShouldContain("x");
    }

    [Fact]
    public void All_of_wants_a_message_twice_that_is_given_twice()
    {
        Come("a", "b");

        FailureOf(() => ExpectMsgAllOf(["a", "a"]));
    }

    [Fact]
    public void All_of_fails_when_too_few_come()
    {
        Come("a");

        FailureOf(() => ExpectMsgAllOf(Short, ["a", "b"])).ShouldContain("2");
    }

    [Fact]
    public void Silence_passes_and_a_message_breaks_it()
    {
        ExpectNoMsg(Short);
        ExpectNoMsg(40);
        Come("noise");

        FailureOf(() => ExpectNoMsg(Short)).ShouldContain("noise");
    }

    [Fact]
    public void The_end_of_a_watched_actor_can_be_expected()
    {
        var (actor, other) = (Watch(Sys.ActorOf(Props.Create<Echo>())), Watch(Sys.ActorOf(Props.Create<Echo>())));
        Sys.Stop(actor);
        ExpectTerminated(actor).ActorRef.ShouldBe(actor);

        Sys.Stop(other);

        FailureOf(() => ExpectTerminated(actor));
    }

    [Fact]
    public void An_actor_that_is_watched_no_more_ends_unnoticed()
    {
        var actor = Unwatch(Watch(Sys.ActorOf(Props.Create<Echo>())));

        Sys.Stop(actor);

        ExpectNoMsg(Short);
    }

    [Fact]
    public void The_last_message_and_its_sender_are_kept()
    {
        var probe = CreateTestProbe();
        TestActor.Tell("x", probe.Ref);
        ExpectMsg("x");

        LastMessage.ShouldBe("x");
        LastSender.ShouldBe(probe.Ref);

        FailureOf(() => ExpectMsg<string>(Short));
        Should.Throw<IllegalActorStateException>(() => LastMessage);
    }

    [Fact]
    public async Task Every_form_can_be_awaited()
    {
        Come(1, 2, 3, 4, 5, 6, 7);

        (await ExpectMsgAsync<int>()).ShouldBe(1);
        await ExpectMsgAsync(2);
        await ExpectMsgAsync<int>(number => number == 3);
        await ExpectMsgAsync<int>(number => { number.ShouldBe(4); });
        await ExpectMsgAnyOfAsync([4, 5]);
        var both = new List<int>();
        await foreach (var number in ExpectMsgAllOfAsync([7, 6]))
            both.Add(number);
        both.ShouldBe([6, 7]);
        await ExpectNoMsgAsync(Short);
        await ExpectNoMsgAsync(20);

        (await FailureOfAsync(async () => await ExpectMsgAsync<string>(Short))).ShouldContain("System.String");
    }

    [Fact]
    public void A_message_with_braces_in_its_text_is_shown_as_it_is()
    {
        Come("{0} {x}");

        FailureOf(() => ExpectMsg<int>()).ShouldContain("{0} {x}");
    }
}
