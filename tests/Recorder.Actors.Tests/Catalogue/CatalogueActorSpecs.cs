using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Events;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Catalogue;

public sealed class CatalogueActorSpecs : TestKit, ICatalogueWriter
{
    private static readonly RecorderId Cam = new("cam");
    private readonly IActorRef _events;

    public CatalogueActorSpecs() => _events = Sys.ActorOf(EventsActor.PropsFor());

    private sealed record Batch(IReadOnlyList<IEvent> Events, CatalogueChanges? LeftOut, TaskCompletionSource<long> Done)
    {
        public IEnumerable<long> Numbers => Events.Select(raised => raised.Sequence);
    }

    [Fact]
    public void Every_event_of_the_mediator_is_entered_while_the_next_are_gathered()
    {
        Start();
        Raise(1);
        var first = ExpectMsg<Batch>();
        first.Numbers.ShouldBe([1L]);
        Raise(2, 3, 4);
        first.Done.SetResult(1);

        ExpectMsg<Batch>().Numbers.ShouldBe([2L, 3, 4]);
    }

    [Fact]
    public void One_transaction_enters_at_most_five_hundred_events()
    {
        Start();
        Raise(1);
        var first = ExpectMsg<Batch>();
        Raise([.. Enumerable.Range(2, 700).Select(number => (long)number)]);
        first.Done.SetResult(1);

        var second = ExpectMsg<Batch>();
        second.Events.Count.ShouldBe(500);
        second.Done.SetResult(2);
        ExpectMsg<Batch>().Numbers.ShouldBe(Enumerable.Range(502, 200).Select(number => (long)number));
    }

    [Fact]
    public void Invariant_7_a_catalogue_that_is_away_gets_the_same_events_again_and_its_health_says_so()
    {
        var actor = Start();
        Raise(1, 2);
        ExpectMsg<Batch>().Done.SetException(new CatalogueUnavailableException("The volume is full."));
        var again = ExpectMsg<Batch>();
        again.Numbers.ShouldBe([1L, 2]);
        Health(actor).ShouldBe(new CatalogueActor.Health(IsWriting: false, Waiting: 2, NotJournaled: 0));
        again.Done.SetResult(2);

        AwaitAssert(() => Health(actor).ShouldBe(new CatalogueActor.Health(IsWriting: true, Waiting: 0, NotJournaled: 0)));
    }

    [Fact]
    public void One_event_that_the_catalogue_refuses_is_skipped_and_the_others_are_entered()
    {
        Start();
        Raise(1, 2);
        ExpectMsg<Batch>().Done.SetException(new InvalidOperationException("No such thing."));
        var one = ExpectMsg<Batch>();
        one.Numbers.ShouldBe([1L]);
        one.Done.SetException(new InvalidOperationException("No such thing."));
        ExpectMsg<Batch>().Numbers.ShouldBe([2L]);
    }

    [Fact]
    public void Waiting_events_are_bounded_and_the_oldest_are_left_out_of_the_journal_only()
    {
        var actor = Start(mostWaiting: 10);
        Raise(1);
        var first = ExpectMsg<Batch>();
        Raise([.. Enumerable.Range(2, 100).Select(number => (long)number)]);
        AwaitAssert(() => Health(actor).NotJournaled.ShouldBeGreaterThan(80));
        Health(actor).Waiting.ShouldBeLessThan(20);
        first.Done.SetException(new CatalogueUnavailableException("Away."));
        var again = ExpectMsg<Batch>();
        again.Numbers.ShouldBe([1L]);
        again.LeftOut.ShouldBeNull();
        again.Done.SetResult(1);

        var rest = ExpectMsg<Batch>();
        rest.LeftOut.ShouldNotBeNull().Sequences[Cam].ShouldBe(rest.Numbers.First() - 1);
        rest.Numbers.Last().ShouldBe(101);
    }

    [Fact]
    public void A_flush_is_answered_when_all_earlier_events_are_entered()
    {
        var actor = Start();
        actor.Tell(new Paused(Cam, 1, default), ActorRefs.NoSender);
        actor.Tell(new CatalogueActor.Flush());
        var batch = ExpectMsg<Batch>();
        ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        batch.Done.SetResult(2);

        ExpectMsg<CatalogueActor.Flushed>();
    }

    [Fact]
    public void Events_are_entered_while_earlier_ones_are_made_durable()
    {
        _sync = new TaskCompletionSource();
        Start();
        Raise(1);
        ExpectMsg<Batch>().Done.SetResult(1);
        ExpectMsg("flushing");
        Raise(2);
        ExpectMsg<Batch>().Done.SetResult(2);
        Raise(3);
        ExpectMsg<Batch>().Done.SetResult(3);

        _sync.SetException(new IOException("The disk is broken."));
        ExpectMsg("flushing");
    }

    private TaskCompletionSource? _sync;

    Task ICatalogueWriter.SyncAsync(CancellationToken cancellationToken)
    {
        if (_sync is null)
            return Task.CompletedTask;

        TestActor.Tell("flushing", ActorRefs.NoSender);
        return _sync.Task;
    }

    Task<long> ICatalogueWriter.AppendAsync(IReadOnlyList<IEvent> events, CatalogueChanges? unjournaled, CancellationToken cancellationToken)
    {
        var batch = new Batch(events, unjournaled, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        TestActor.Tell(batch, ActorRefs.NoSender);
        return batch.Done.Task;
    }

    private IActorRef Start(int mostWaiting = 1000)
    {
        var actor = Sys.ActorOf(CatalogueActor.PropsFor(this, _events, NullLogger.Instance, TimeProvider.System, mostWaiting));
        // The mediator handles subscriptions in order, so the actor's is made once this one is.
        Health(actor);
        _events.Tell(new EventsProtocol.Subscribe(new RecorderId("nobody")));
        ExpectMsg<EventsProtocol.Subscribed>();
        return actor;
    }

    private static CatalogueActor.Health Health(IActorRef actor) =>
        actor.Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), TimeSpan.FromSeconds(3)).Result;

    private void Raise(params long[] numbers)
    {
        foreach (var number in numbers)
            _events.Tell(new Paused(Cam, number, default), ActorRefs.NoSender);
    }
}
