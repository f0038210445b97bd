using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Model;

/// <summary>A subscriber that subscribes and unsubscribes, or fails at every event, and knows which events it must get.</summary>
internal sealed class Viewer
{
    private readonly RecorderWorld _world;
    private readonly TestRecorder _recorder;
    private readonly IActorRef _actor;
    private readonly List<IEvent> _seen = [];
    private readonly int _from;
    private int? _until;

    private Viewer(RecorderWorld world, TestRecorder recorder, bool fails)
    {
        (_world, _recorder, _from) = (world, recorder, recorder.Events.Count);
        var seen = _seen;
        _actor = world.Sys.ActorOf(Props.Create(() => new Subscriber(seen, fails)));
        world.Subscribe(_actor, recorder.Id);
    }

    /// <summary>Subscribes to a recorder.</summary>
    /// <param name="world">The world.</param>
    /// <param name="recorder">The recorder.</param>
    /// <param name="fails">Whether the subscriber throws at each event.</param>
    public static Viewer Join(RecorderWorld world, TestRecorder recorder, bool fails = false) => new(world, recorder, fails);

    /// <summary>Unsubscribes.</summary>
    public void Leave()
    {
        _until ??= _recorder.Events.Count;
        _world.Unsubscribe(_actor);
    }

    /// <summary>Stops without unsubscribing.</summary>
    public void Die()
    {
        _until ??= _recorder.Events.Count;
        _world.Sys.Stop(_actor);
        _world.Settle();
    }

    /// <summary>The difference between the events that it got and those that it must get; null for none.</summary>
    public string? Difference()
    {
        var expected = _recorder.Events.Take(_until ?? _recorder.Events.Count).Skip(_from).ToList();
        return _seen.SequenceEqual(expected) ? null
            : $"A subscriber saw events {string.Join(' ', _seen.Select(seen => seen.Sequence))} " +
                $"instead of {string.Join(' ', expected.Select(raised => raised.Sequence))}.";
    }

    private sealed class Subscriber : ReceiveActor
    {
        public Subscriber(List<IEvent> seen, bool fails)
        {
            Receive<IEvent>(raised =>
            {
                seen.Add(raised);
                if (fails)
                    throw new ViewerFailedException();
            });
            ReceiveAny(_ => { });
        }
    }
}

/// <summary>The exception of a subscriber that fails.</summary>
internal sealed class ViewerFailedException : Exception;

internal sealed record JoinStep(bool Fails) : Step
{
    public override string Code => $"viewers.Add(Viewer.Join(world, recorder{(Fails ? ", fails: true" : "")}));";

    public override void Do(Stage stage) => stage.Viewers.Add(Viewer.Join(stage.World, stage.Recorder, Fails));

    public override RecorderModel Next(RecorderModel model) => model with { Viewers = model.Viewers + 1 };
}

internal sealed record LeaveStep(bool Dies) : Step
{
    public override string Code => $"viewers[^1].{(Dies ? "Die" : "Leave")}();";

    public override bool Fits(RecorderModel model) => model.Viewers > 0;

    public override void Do(Stage stage)
    {
        if (Dies)
            stage.Viewers[^1].Die();
        else
            stage.Viewers[^1].Leave();
    }

    public override RecorderModel Next(RecorderModel model) => model;
}
