namespace Recorder.ActorKernel.Tests;

public class PipeToSpecs : EngineSpec
{
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public void A_result_is_sent()
    {
        _ = _source.Task.PipeTo(TestActor);

        _source.SetResult("result");

        ExpectMsg("result");
    }

    [Fact]
    public void A_sender_can_be_named()
    {
        var probe = CreateTestProbe();
        _ = _source.Task.PipeTo(TestActor, probe.Ref);

        _source.SetResult("result");

        ExpectMsgFrom(probe.Ref, "result");
    }

    [Fact]
    public void An_exception_is_sent_as_a_failure()
    {
        _ = _source.Task.PipeTo(TestActor);

        _source.SetException(new BoomException());

        ExpectMsg<Status.Failure>().Cause.ShouldBeOfType<BoomException>();
    }

    [Fact]
    public void A_cancellation_is_sent_as_a_failure()
    {
        _ = _source.Task.PipeTo(TestActor);

        _source.SetCanceled();

        ExpectMsg<Status.Failure>().Cause.ShouldBeAssignableTo<OperationCanceledException>();
    }

    [Fact]
    public void Result_and_exception_can_be_made_into_messages()
    {
        _ = _source.Task.PipeTo(TestActor, success: text => text.Length, failure: exception => exception.Message);
        _ = Task.FromException<string>(new BoomException())
            .PipeTo(TestActor, success: text => text.Length, failure: exception => exception.Message);
        ExpectMsg("boom");

        _source.SetResult("four");

        ExpectMsg(4);
    }

    [Fact]
    public void A_task_without_a_result_sends_nothing_when_it_succeeds()
    {
        _ = Task.CompletedTask.PipeTo(TestActor);

        ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_task_without_a_result_can_send_what_is_said()
    {
        _ = Task.CompletedTask.PipeTo(TestActor, success: () => "done");
        ExpectMsg("done");

        _ = Task.FromException(new BoomException()).PipeTo(TestActor);
        ExpectMsg<Status.Failure>().Cause.ShouldBeOfType<BoomException>();
    }

    private sealed class Piping : ReceiveActor
    {
        public Piping()
        {
            Receive<Task<string>>(task =>
            {
                var asker = Sender;
                task.PipeTo(Self, success: text => (asker, text));
            });
            Receive<(IActorRef Asker, string Text)>(result => result.Asker.Tell(result.Text));
        }
    }

    [Fact]
    public void An_actor_goes_on_while_its_task_runs()
    {
        var actor = Sys.ActorOf(Props.Create<Piping>());

        actor.Tell(_source.Task);
        actor.Tell(Task.FromResult("second"));
        ExpectMsg("second");
        _source.SetResult("first");

        ExpectMsg("first");
    }
}
