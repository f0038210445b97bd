namespace Recorder.ActorKernel.Tests;

public class AskSpecs : EngineSpec
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private sealed class Answering : ReceiveActor
    {
        public Answering()
        {
            Receive<string>(text => text == "silence", _ => { });
            Receive<string>(text => text == "failure", _ => Sender.Tell(new Status.Failure(new BoomException())));
            Receive<string>(text => text == "who", _ => Sender.Tell(Sender));
            Receive<string>(text => text == "twice", _ =>
            {
                Sender.Tell("one");
                Sender.Tell("two");
            });
            Receive<string>(text => Sender.Tell("re: " + text));
        }
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create<Answering>());

    [Fact]
    public async Task An_answer_completes_the_task() => (await Start().Ask<string>("hello")).ShouldBe("re: hello");

    [Fact]
    public async Task Without_a_type_the_answer_is_an_object() => (await Start().Ask("hello", Long)).ShouldBe("re: hello");

    [Fact]
    public async Task No_answer_in_time_is_a_timeout() =>
        await Should.ThrowAsync<AskTimeoutException>(() => Start().Ask<string>("silence", TimeSpan.FromMilliseconds(20)));

    [Fact]
    public async Task A_cancelled_token_cancels_the_task()
    {
        using var source = new CancellationTokenSource();
        var answer = Start().Ask<string>("silence", Long, source.Token);

        source.Cancel();

        await Should.ThrowAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task A_token_alone_cancels_as_well()
    {
        using var source = new CancellationTokenSource();
        var answer = Start().Ask<string>("silence", source.Token);

        source.Cancel();

        await Should.ThrowAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task A_failure_as_the_answer_is_thrown() =>
        (await Should.ThrowAsync<BoomException>(() => Start().Ask<string>("failure", Long))).Message.ShouldBe("boom");

    [Fact]
    public async Task An_answer_of_another_type_is_an_error() =>
        await Should.ThrowAsync<ArgumentException>(() => Start().Ask<int>("hello", Long));

    [Fact]
    public async Task An_answer_of_another_type_is_a_dead_letter_too()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        await Should.ThrowAsync<ArgumentException>(() => Start().Ask<int>("hello", Long));

        ExpectMsg<DeadLetter>().Message.ShouldBe("re: hello");
    }

    [Fact]
    public async Task Null_is_an_answer()
    {
        var actor = Sys.ActorOf(c => c.ReceiveAny((_, context) => context.Sender.Tell(null!)));

        (await actor.Ask<string>("anything", Long)).ShouldBeNull();
        (await actor.Ask<int>("anything", Long)).ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_after_the_token_was_cancelled_is_no_dead_letter()
    {
        using var source = new CancellationTokenSource();
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var answer = probe.Ref.Ask<string>("question", source.Token);
        probe.ExpectMsg("question");
        source.Cancel();
        await Should.ThrowAsync<TaskCanceledException>(() => answer);

        probe.Reply("late");

        Sys.DeadLetters.Tell("nothing before this");
        ExpectMsg<DeadLetter>().Message.ShouldBe("nothing before this");
    }

    [Fact]
    public void A_question_that_cannot_be_sent_fails_the_call()
    {
        var actor = Start();
        AwaitHandled(actor);

        Should.Throw<ArgumentNullException>(() => { _ = actor.Ask<string>(null!, Long); });
    }

    [Fact]
    public async Task The_asker_is_gone_from_temp_when_the_task_has_ended()
    {
        var actor = Start();
        var asker = await actor.Ask<IActorRef>("who", Long);
        await Should.ThrowAsync<AskTimeoutException>(() => actor.Ask<string>("silence", TimeSpan.FromMilliseconds(20)));

        var temp = ((ExtendedActorSystem)Sys).Provider.TempContainer;

        temp.GetChild([asker.Path.Name]).IsNobody().ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asks_can_be_watched()
    {
        var probe = CreateTestProbe();
        var answer = probe.Ref.Ask<string>("question", Long);
        probe.ExpectMsg("question");
        var asker = Watch(probe.Sender);

        asker.Tell("answer");

        ExpectTerminated(asker);
        (await answer).ShouldBe("answer");
        Watch(asker);
        ExpectTerminated(asker);
    }

    private sealed record Question(IActorRef Asker);

    [Fact]
    public async Task The_question_can_contain_who_asks()
    {
        var probe = CreateTestProbe();
        var answer = probe.Ref.Ask<string>(asker => new Question(asker), Long, CancellationToken.None);

        (await probe.ExpectMsgAsync<Question>()).Asker.Tell("to you");

        (await answer).ShouldBe("to you");
    }

    [Fact]
    public async Task Only_the_first_answer_counts_and_the_next_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        (await Start().Ask<string>("twice", Long)).ShouldBe("one");

        ExpectMsg<DeadLetter>().Message.ShouldBe("two");
    }

    [Fact]
    public async Task An_answer_after_the_timeout_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var probe = CreateTestProbe();
        await Should.ThrowAsync<AskTimeoutException>(() => probe.Ref.Ask<string>("question", TimeSpan.FromMilliseconds(20)));
        probe.ExpectMsg("question");

        probe.Reply("late");

        ExpectMsg<DeadLetter>().Message.ShouldBe("late");
    }

    [Fact]
    public async Task Each_question_has_an_asker_of_its_own()
    {
        var actor = Start();

        var askers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => actor.Ask<IActorRef>("who", Long)));

        askers.Distinct().Count().ShouldBe(10);
        askers.ShouldAllBe(asker => asker.Path.ToString().Contains("/temp/"));
    }

    [Fact]
    public async Task Many_questions_at_once_get_their_own_answers()
    {
        var actor = Start();

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => actor.Ask<string>(i.ToString(), Long)));

        answers.ShouldBe(Enumerable.Range(0, 500).Select(i => $"re: {i}"));
    }

    private sealed class AskingInside : ReceiveActor
    {
        public AskingInside(IActorRef other)
        {
            ReceiveAsync<string>(async text => Sender.Tell(await other.Ask<string>(text, Long)));
        }
    }

    [Fact]
    public void An_actor_can_await_an_answer_in_its_handler()
    {
        var other = Start();
        var actor = Sys.ActorOf(Props.Create(() => new AskingInside(other)));

        actor.Tell("x");

        ExpectMsg("re: x");
    }

    [Fact]
    public async Task A_selection_can_be_asked()
    {
        Sys.ActorOf(Props.Create<Answering>(), "answering");

        (await Sys.ActorSelection("/user/answering").Ask<string>("x", Long)).ShouldBe("re: x");
    }
}
