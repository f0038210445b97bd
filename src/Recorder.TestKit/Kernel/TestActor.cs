namespace Recorder.ActorKernel.Testing;

/// <summary>What a test actor understands besides the messages that it only queues.</summary>
public sealed class TestActor
{
    private TestActor()
    {
    }

    /// <summary>Whether a message is ignored.</summary>
    /// <param name="message">The message.</param>
    /// <returns>True: it is not queued for the test.</returns>
    public delegate bool Ignore(object message);

    /// <summary>Replaces what is ignored; null: nothing is.</summary>
    public sealed class SetIgnore(Ignore? ignore) : INoSerializationVerificationNeeded
    {
        /// <summary>What is ignored from now on.</summary>
        public Ignore? Ignore { get; } = ignore;
    }

    /// <summary>Watches an actor: its <see cref="Terminated"/> is queued for the test.</summary>
    public sealed class Watch(IActorRef actor) : INoSerializationVerificationNeeded
    {
        /// <summary>Who is watched.</summary>
        public IActorRef Actor { get; } = actor;
    }

    /// <summary>Ends <see cref="Watch"/>.</summary>
    public sealed class Unwatch(IActorRef actor) : INoSerializationVerificationNeeded
    {
        /// <summary>Who is watched no more.</summary>
        public IActorRef Actor { get; } = actor;
    }

    /// <summary>Installs a pilot.</summary>
    public sealed class SetAutoPilot(AutoPilot autoPilot) : INoSerializationVerificationNeeded
    {
        /// <summary>The pilot.</summary>
        public AutoPilot AutoPilot { get; } = autoPilot;
    }

    /// <summary>Makes a child of the test actor; the answer is its <see cref="IActorRef"/>, queued for the test.</summary>
    public sealed class Spawn(Props props, string? name, SupervisorStrategy? strategy) : INoSerializationVerificationNeeded
    {
        /// <summary>What the child is.</summary>
        public Props Props { get; } = props;

        /// <summary>Its name; null: one is made up.</summary>
        public string? Name { get; } = name;

        /// <summary>How its failures are handled; null: it is stopped.</summary>
        public SupervisorStrategy? Strategy { get; } = strategy;
    }
}

/// <summary>The actor behind <see cref="TestKitBase.TestActor"/>: queues what it receives for the test.</summary>
internal sealed class QueueingActor : ActorBase
{
    private readonly MessageQueue _queue;
    private readonly Dictionary<IActorRef, SupervisorStrategy> _strategies = [];
    private TestActor.Ignore? _ignore;
    private AutoPilot _pilot = AutoPilot.NoAutoPilot;

    public QueueingActor(MessageQueue queue) => _queue = queue;

    protected override SupervisorStrategy SupervisorStrategy() => new PerChildStrategy(_strategies);

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case TestActor.SetIgnore set:
                _ignore = set.Ignore;
                return true;
            case TestActor.Watch watch:
                Context.Watch(watch.Actor);
                return true;
            case TestActor.Unwatch unwatch:
                Context.Unwatch(unwatch.Actor);
                return true;
            case TestActor.SetAutoPilot set:
                _pilot = set.AutoPilot;
                return true;
            case TestActor.Spawn spawn:
                var child = Context.ActorOf(spawn.Props, spawn.Name);
                if (spawn.Strategy is not null)
                    _strategies[child] = spawn.Strategy;
                _queue.Enqueue(new RealMessageEnvelope(child, Self));
                return true;
        }

        var next = _pilot.Run(Sender, message);
        if (next is not Testing.KeepRunning)
            _pilot = next;
        if (_ignore is null || !_ignore(message))
            _queue.Enqueue(new RealMessageEnvelope(message, Sender));
        return true;
    }

    /// <summary>Each child spawned with a strategy of its own; the others are stopped when they fail.</summary>
    private sealed class PerChildStrategy(Dictionary<IActorRef, SupervisorStrategy> strategies)
        : OneForOneStrategy(_ => Directive.Stop)
    {
        protected override Directive Handle(IActorRef child, Exception exception) =>
            strategies.TryGetValue(child, out var own) ? own.Decider.Decide(exception) : base.Handle(child, exception);
    }
}
