namespace Recorder.Testing;

/// <summary>A take in a spec: many recorders that begin as one.</summary>
/// <example>
/// <code>
/// var left = CreateRecorder(Source("left"));
/// var right = CreateRecorder(Source("right"));
/// var take = ArmTake(left, right);
/// Clock.Advance(TimeSpan.FromSeconds(3));
/// take.Start();
/// Clock.Advance(TimeSpan.FromSeconds(5));
/// take.Stop();
/// left.ExpectStarted();
/// right.ExpectStarted();
/// </code>
/// </example>
public sealed class TestTake
{
    private readonly RecorderWorld _world;
    private readonly List<object> _replies = [];
    private readonly IActorRef _inbox;

    internal TestTake(RecorderWorld world, TakeProtocol.Arm request)
    {
        var replies = _replies;
        _world = world;
        _inbox = world.Sys.ActorOf(Props.Create(() => new ReplyActor(replies)));
        Id = Expect<Take>(request).Id;
    }

    /// <summary>The take's id.</summary>
    public TakeId Id { get; }

    /// <summary>The take as it is now.</summary>
    public Take Now => Expect<Take>(new TakeProtocol.Get(Id));

    /// <summary>Begins the take.</summary>
    /// <param name="at">The moment that every file is to contain; null for now.</param>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public Take Start(DateTimeOffset? at = null) => Expect<Take>(new TakeProtocol.Start(Id, at));

    /// <summary>Ends the take.</summary>
    /// <exception cref="SpecFailedException">It was refused.</exception>
    public Take Stop() => Expect<Take>(new TakeProtocol.Stop(Id));

    /// <summary>Sends a request and returns the answer; null if there is none yet.</summary>
    /// <param name="request">The request.</param>
    public object? Send(object request)
    {
        _world.Settle();
        _replies.Clear();
        _world.Takes.Tell(request, _inbox);
        _world.Settle();
        // A recorder that does not answer is waited for.
        for (var step = 0; step < 500 && _replies.Count == 0; step++)
            _world.Clock.Advance(VirtualClock.Step);

        return _replies.Count > 0 ? _replies[0] : null;
    }

    private T Expect<T>(object request) => Send(request) is T answer
        ? answer
        : throw new SpecFailedException(
            $"Expected {request} to be carried out, but the answer was {(_replies.Count > 0 ? _replies[0] : "none")}. Seed {_world.Seed}.");

    private sealed class ReplyActor : ReceiveActor
    {
        public ReplyActor(List<object> replies) => ReceiveAny(replies.Add);
    }
}
