using System.Collections;

namespace Recorder.Testing.Tests;

public class ReceiveSpecs : KitSpec
{
    [Fact]
    public void One_message_or_null()
    {
        Come("a");

        ReceiveOne(Short).ShouldBe("a");
        ReceiveOne(Short).ShouldBeNull();
        ReceiveOne(TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    public void Peeking_leaves_the_message()
    {
        Come("a");

        PeekOne(Short).ShouldBe("a");
        PeekOne(Short).ShouldBe("a");
        ReceiveOne(Short).ShouldBe("a");
        HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_number_of_messages()
    {
        Come(1, 2, 3);

        ReceiveN(2).ShouldBe([1, 2]);

        var failure = FailureOf(() => ReceiveN(2, Short));
        failure.ShouldContain("2");
        failure.ShouldContain("1");
    }

    [Fact]
    public void Fishing_drops_what_comes_before()
    {
        Come(1, "a", 2, "b", 3);

        FishForMessage(message => message is "a").ShouldBe("a");
        FishForMessage<int>(number => number > 2).ShouldBe(3);
        HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void Fishing_can_hand_over_what_comes_before()
    {
        Come(1, "a", 2);
        var others = new ArrayList { "left over" };

        FishForMessage<int>(number => number == 2, others);

        others.Cast<object>().ShouldBe([1, "a"]);
    }

    [Fact]
    public void Fishing_in_vain_fails()
    {
        Come("a", "b");

        FailureOf(() => FishForMessage(message => message is "c", Short, "a c")).ShouldContain("a c");
    }

    [Fact]
    public async Task Fishing_for_what_must_not_come_fails_when_it_does()
    {
        Come("a", "b");
        await FishUntilMessageAsync<int>(Short);
        Come("a", 1);

        await FailureOfAsync(() => FishUntilMessageAsync<int>(Short));
    }

    [Fact]
    public async Task Silence_ends_the_wait_for_silence()
    {
        Come("a", "b");

        (await WaitForRadioSilenceAsync(Short)).Cast<object>().ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Receiving_while_a_filter_takes_leaves_the_message_that_it_refused()
    {
        Come(1, 2, "end", 3);

        ReceiveWhile<object>(message => message is int ? message : null!, TimeSpan.FromSeconds(3)).ShouldBe([1, 2]);
        LastMessage.ShouldBe(2);
        ExpectMsg("end");
    }

    [Fact]
    public void Receiving_while_a_predicate_holds()
    {
        Come("a", 1, "b", "end");

        ReceiveWhile<string>(text => text != "end").ShouldBe(["a", "b"]);
        ExpectMsg("end");
    }

    [Fact]
    public void Receiving_while_may_end_at_the_first_message_of_another_type()
    {
        Come("a", 1, "b");

        ReceiveWhile<string>(_ => true, shouldIgnoreOtherMessageTypes: false).ShouldBe(["a"]);
        ExpectMsg(1);
    }

    [Fact]
    public void Receiving_while_ends_with_enough_with_silence_or_with_its_time()
    {
        Come(1, 2, 3);

        ReceiveWhile<object>(message => message, msgs: 2).ShouldBe([1, 2]);
        ReceiveWhile<object>(message => message, idle: Short).ShouldBe([3]);
        ReceiveWhile<object>(message => message, max: Short).ShouldBeEmpty();
    }

    [Fact]
    public void Ignored_messages_do_not_come()
    {
        IgnoreMessages(message => message is int);
        TestActor.Tell(1);
        TestActor.Tell("a");
        ExpectMsg("a");

        IgnoreMessages<string>(text => text == "a");
        TestActor.Tell(1);
        TestActor.Tell("a");
        TestActor.Tell("b");
        ExpectMsg(1);
        ExpectMsg("b");

        IgnoreMessages<string>();
        TestActor.Tell("c");
        TestActor.Tell(2);
        ExpectMsg(2);

        IgnoreNoMessages();
        TestActor.Tell("d");
        ExpectMsg("d");
    }

    [Fact]
    public void What_the_test_tells_has_the_test_actor_as_its_sender()
    {
        Sys.ActorOf(Props.Create<Echo>()).Tell("x");

        ExpectMsg("x");
    }

    [Fact]
    public async Task And_after_an_await_too()
    {
        var echo = Sys.ActorOf(Props.Create<Echo>());
        await Task.Yield();
        await Task.Run(() => { });

        echo.Tell("x");

        await ExpectMsgAsync("x");
        echo.Tell("y");
        await ExpectMsgAsync("y");
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using var source = new CancellationTokenSource(Short);

        await Should.ThrowAsync<OperationCanceledException>(async () => await ReceiveOneAsync(cancellationToken: source.Token));
    }
}
