using Recorder.Client;
using Recorder.Contracts;
using static Recorder.Client.SubscriptionProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing.Tests;

/// <summary>A program that takes <c>IRequiredActor&lt;Recorders&gt;</c> is tested without a network.</summary>
public sealed class ClientSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Commands_reach_the_recorders_and_a_subscriber_is_told()
    {
        var recorder = CreateRecorder(Source());
        var probe = CreateTestProbe();
        Client.ActorRef.Tell(new EventsProtocol.Subscribe(recorder.Id, typeof(DataAvailable)), probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>();

        Client.ActorRef.Tell(new Start(recorder.Id, Second), probe);
        probe.ExpectMsg(new Accepted(recorder.Id, RecorderState.Recording));
        Clock.Advance(1.5 * Second);

        probe.ExpectMsg<DataAvailable>();
        Client.ActorRef.Tell(new EventsProtocol.Unsubscribe(), probe);
        probe.ExpectMsg<EventsProtocol.Unsubscribed>();
    }

    [Fact]
    public void A_subscriber_that_was_away_for_too_long_is_told_what_it_lost()
    {
        var recorder = CreateRecorder(Source());
        var (probe, heir) = (CreateTestProbe(), CreateTestProbe());
        Client.ActorRef.Tell(new SubscribeFrom(), probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>();
        var begin = probe.ExpectMsg<PositionReached>().Position;
        recorder.Start(timeslice: Second);
        Clock.Advance(2.5 * Second);
        World.ForgetEvents();

        Client.ActorRef.Tell(new SubscribeFrom(begin), heir);
        var lost = heir.FishForMessage<EventsLost>(_ => true);
        (lost.Node, lost.From).ShouldBe(("", 1L));
        lost.To.ShouldBeGreaterThan(1);
        Clock.Advance(Second);
        heir.ExpectMsg<EventReceived>();
    }

    [Fact]
    public void A_subscriber_acknowledges_and_continues_from_a_position()
    {
        var recorder = CreateRecorder(Source());
        var (probe, heir) = (CreateTestProbe(), CreateTestProbe());
        Client.ActorRef.Tell(new SubscribeFrom { MostUnacknowledged = 1 }, probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>();
        probe.ExpectMsg<PositionReached>();
        recorder.Start(timeslice: Second);
        Clock.Advance(2.5 * Second);

        var first = probe.ExpectMsg<EventReceived>();
        probe.ExpectNoMsg();
        Client.ActorRef.Tell(new Acknowledged(first.Position), probe);
        probe.ExpectMsg<EventReceived>().Event.Sequence.ShouldBe(first.Event.Sequence + 1);

        var blobs = new EventSelection { Kinds = [typeof(DataAvailable)] };
        Client.ActorRef.Tell(new SubscribeFrom(EventPosition.Parse(first.Position.ToString()), blobs), heir);
        heir.FishForMessage<EventReceived>(_ => true).Event.ShouldBeOfType<DataAvailable>().Data.Number.ShouldBe(1);
    }
}
