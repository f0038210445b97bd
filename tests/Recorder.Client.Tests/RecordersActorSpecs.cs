using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using static Recorder.Client.SubscriptionProtocol;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Client.Tests;

/// <summary>The actor in an Akka.Hosting program, as a user has it.</summary>
public sealed class RecordersActorSpecs(SingleNode node) : IClassFixture<SingleNode>, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private IHost _host = null!;
    private TestKit _kit = null!;
    private IActorRef _recorders = null!;

    public async Task InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("user", akka => akka.ConfigureLoggers(loggers => loggers.ClearLoggers()).WithRecorderClient(o =>
        {
            o.Join(node.Address);
            o.QueueLimit = 4;
        }));
        _host = builder.Build();
        await _host.StartAsync();
        _recorders = _host.Services.GetRequiredService<IRequiredActor<Recorders>>().ActorRef;
        _kit = new TestKit(_host.Services.GetRequiredService<ActorSystem>());
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task Commands_are_answered_as_recorders_in_the_process_do()
    {
        var recorder = await node.DefineAsync();
        (await AskAsync(new Start(recorder))).ShouldBe(new Accepted(recorder, RecorderState.Recording));
        (await AskAsync(new Start(recorder))).ShouldBeOfType<Refused>().Error.Name.ShouldBe(ErrorName.InvalidStateError);
        (await AskAsync(new GetStatus(recorder))).ShouldBeOfType<Status>().State.ShouldBe(RecorderState.Recording);
        (await AskAsync(new Stop(recorder))).ShouldBe(new Accepted(recorder, RecorderState.Inactive));
        (await AskAsync(new Start(new RecorderId("nobody")))).ShouldBeOfType<Refused>().Error.Name.ShouldBe(ErrorName.InvalidStateError);
        _kit.Sys.GetRecorderHttpClient().Nodes.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Commands_of_a_recorder_keep_their_order_and_one_too_many_is_refused()
    {
        var recorder = await node.DefineAsync();
        var probe = _kit.CreateTestProbe();
        // One is being carried out, four wait.
        foreach (var command in new ICommand[] { new Start(recorder), new Pause(recorder), new Resume(recorder), new RequestData(recorder), new Stop(recorder), new GetStatus(recorder) })
            _recorders.Tell(command, probe);

        probe.ExpectMsg<Refused>(Limit).Error.Message.ShouldContain("4 commands wait");
        foreach (var state in new[] { RecorderState.Recording, RecorderState.Paused, RecorderState.Recording, RecorderState.Recording, RecorderState.Inactive })
            probe.ExpectMsg<Accepted>(Limit).State.ShouldBe(state);
    }

    [Fact]
    public async Task A_subscriber_is_told_of_what_it_selected_from_then_on()
    {
        var (recorder, other) = (await node.DefineAsync(), await node.DefineAsync());
        var (all, some) = (_kit.CreateTestProbe(), _kit.CreateTestProbe());
        _recorders.Tell(new EventsProtocol.Subscribe(recorder), all);
        _recorders.Tell(new EventsProtocol.Subscribe(Kind: typeof(Stopped)), some);
        all.ExpectMsg<EventsProtocol.Subscribed>(Limit);
        some.ExpectMsg<EventsProtocol.Subscribed>(Limit);
        await AskAsync(new Start(other));
        await AskAsync(new Start(recorder));
        await node.UntilBlobsAsync(recorder);
        await AskAsync(new Stop(recorder));

        all.FishForMessage<Stopped>(_ => true, Limit).Recorder.ShouldBe(recorder);
        some.ExpectMsg<Stopped>(Limit).Recorder.ShouldBe(recorder);
        _recorders.Tell(new EventsProtocol.Unsubscribe(), some);
        some.ExpectMsg<EventsProtocol.Unsubscribed>(Limit);
        await AskAsync(new Stop(other));
        some.ExpectNoMsg(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void A_subscription_to_nothing_is_refused()
    {
        var probe = _kit.CreateTestProbe();
        _recorders.Tell(new EventsProtocol.Subscribe(new RecorderId("nobody")) { MustExist = true }, probe);
        probe.ExpectMsg<Refused>(Limit).Error.Name.ShouldBe(ErrorName.InvalidStateError);
        _recorders.Tell(new EventsProtocol.Subscribe { Label = "floor" }, probe);
        probe.ExpectMsg<Refused>(Limit).Error.Name.ShouldBe(ErrorName.NotSupportedError);
        _recorders.Tell(new SubscribeFrom(Selection: new EventSelection { Kinds = [typeof(string)] }), probe);
        probe.ExpectMsg<Akka.Actor.Status.Failure>(Limit).Cause.Message.ShouldContain("String");
    }

    [Fact]
    public async Task A_subscriber_that_acknowledges_is_sent_no_more_than_it_said_and_continues_where_it_was()
    {
        var recorder = await node.DefineAsync();
        var probe = _kit.CreateTestProbe();
        var selection = new EventSelection { Recorder = recorder };
        _recorders.Tell(new SubscribeFrom(Selection: selection) { MostUnacknowledged = 2 }, probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>(Limit);
        probe.ExpectMsg<PositionReached>(Limit);
        await AskAsync(new Start(recorder));
        await node.UntilBlobsAsync(recorder);
        await AskAsync(new Stop(recorder));

        var first = probe.ExpectMsg<EventReceived>(Limit);
        var second = probe.ExpectMsg<EventReceived>(Limit);
        (first.Event.Sequence, second.Event.Sequence).ShouldBe((1, 2));
        probe.ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        _recorders.Tell(new Acknowledged(second.Position), probe);
        _recorders.Tell(new Acknowledged(second.Position), probe);
        probe.ExpectMsg<EventReceived>(Limit).Event.Sequence.ShouldBe(3);
        probe.ExpectMsg<EventReceived>(Limit);
        probe.ExpectNoMsg(TimeSpan.FromMilliseconds(300));

        // Another life of the program continues at what was acknowledged.
        var heir = _kit.CreateTestProbe();
        _recorders.Tell(new SubscribeFrom(EventPosition.Parse(second.Position.ToString()), selection), heir);
        heir.ExpectMsg<EventsProtocol.Subscribed>(Limit);
        var sequence = 2L;
        while (heir.FishForMessage<EventReceived>(_ => true, Limit) is { Event: not Stopped } received)
        {
            received.Event.Sequence.ShouldBe(++sequence);
            _recorders.Tell(new Acknowledged(received.Position), heir);
        }
    }

    private Task<object> AskAsync(ICommand command) => _recorders.Ask<object>(command, Limit);
}
