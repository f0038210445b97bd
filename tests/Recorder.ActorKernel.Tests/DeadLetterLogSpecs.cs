namespace Recorder.ActorKernel.Tests;

public class DeadLetterLogSpecs : EngineSpec
{
    private readonly IActorRef _dead;

    public DeadLetterLogSpecs()
        : base("akka.log-dead-letters = 3, akka.log-dead-letters-suspend-duration = 100ms")
    {
        _dead = Watch(Sys.ActorOf(c => c.ReceiveAny((_, _) => { })));
        Sys.Stop(_dead);
        ExpectTerminated(_dead);
    }

    private void TellAndExpect(IActorRef actor, int message, string start) =>
        EventFilter.Info(start: start).ExpectOne(() => actor.Tell(message));

    [Fact]
    public void Undelivered_dropped_and_unhandled_messages_are_logged_and_counted()
    {
        var dropping = Sys.ActorOf(c => c.Receive<int>((n, context) =>
            context.System.EventStream.Publish(new Dropped(n, "No room", context.Self))));
        var choosy = Sys.ActorOf(c => c.Receive<string>((_, _) => { }));

        TellAndExpect(_dead, 1, $"Message [Int32] from {TestActor} to {_dead} was not delivered. [1] dead letters encountered");
        TellAndExpect(dropping, 2, $"Message [Int32] to {dropping} was dropped. No room. [2] dead letters encountered");
        TellAndExpect(choosy, 3, $"Message [Int32] from {TestActor} to {choosy} was unhandled. [3] dead letters encountered");
    }

    [Fact]
    public void After_enough_of_them_none_is_logged_for_a_while_and_then_the_count_begins_anew()
    {
        string To(int count) =>
            $"Message [Int32] from {TestActor} to {_dead} was not delivered. [{count}] dead letters encountered";
        TellAndExpect(_dead, 1, To(1));
        TellAndExpect(_dead, 2, To(2));
        TellAndExpect(_dead, 3, To(3) + ", no more dead letters will be logged in next [00:00:00.1000000]");

        using var muted = EventFilter.Info(contains: "of which").Mute();
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        var sent = 3;
        AwaitCondition(
            () =>
            {
                _dead.Tell(++sent);
                return ReceiveOne(TimeSpan.FromMilliseconds(20)) is Info;
            },
            TimeSpan.FromSeconds(3),
            TimeSpan.FromMilliseconds(1));
        // The log runs behind: it may speak of an earlier one than the last sent.
        var text = LastMessage.ShouldBeOfType<Info>().Message.ToString()!;
        Enumerable.Range(4, sent).Any(count => text.StartsWith($"{To(count)}, of which {count - 4} were not logged"))
            .ShouldBeTrue(text);

        _dead.Tell("again");
        ExpectMsg<Info>(info => info.Message.ToString()!.ShouldContain("[1] dead letters encountered."));
    }
}
