using System.Linq.Expressions;
using Recorder.ActorKernel.Dsl;

namespace Recorder.ActorKernel.Testing;

public abstract partial class TestKitBase
{
    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <param name="props">What it is.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf(Props props) => Sys.ActorOf(props, null);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf(Props props, string? name) => Sys.ActorOf(props, name);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf<TActor>()
        where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), null);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf<TActor>(string? name)
        where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), name);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="factory">Calls its constructor.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), null);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="factory">Calls its constructor.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string? name)
        where TActor : ActorBase => Sys.ActorOf(Props.Create(factory), name);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <param name="configure">Says what it does.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf(Action<IActorDsl> configure, string? name = null) => Sys.ActorOf(configure, name);

    /// <summary>Makes an actor under <c>/user</c> of <see cref="Sys"/>.</summary>
    /// <param name="configure">Says what it does.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public IActorRef ActorOf(Action<IActorDsl, IActorContext> configure, string? name = null) => Sys.ActorOf(configure, name);

    /// <summary>Selects by path from an actor.</summary>
    /// <param name="anchorRef">The actor.</param>
    /// <param name="actorPath">The path.</param>
    /// <returns>The selection.</returns>
    public ActorSelection ActorSelection(IActorRef anchorRef, string actorPath) => Sys.ActorSelection(anchorRef, actorPath);

    /// <summary>Selects by path in <see cref="Sys"/>.</summary>
    /// <param name="actorPath">The path.</param>
    /// <returns>The selection.</returns>
    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    /// <summary>Selects by path in <see cref="Sys"/>.</summary>
    /// <param name="actorPath">The path.</param>
    /// <returns>The selection.</returns>
    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    /// <summary>Makes an actor as a child of the test actor.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="supervisorStrategy">How its failures are handled.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf(Props props, string name, SupervisorStrategy supervisorStrategy) =>
        Spawn(props, name, supervisorStrategy);

    /// <summary>Makes an actor as a child of the test actor.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="supervisorStrategy">How its failures are handled.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf(Props props, SupervisorStrategy supervisorStrategy) => Spawn(props, null, supervisorStrategy);

    /// <summary>Makes an actor as a child of the test actor; it is stopped when it fails.</summary>
    /// <param name="props">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf(Props props, string name) => Spawn(props, name, null);

    /// <summary>Makes an actor as a child of the test actor; it is stopped when it fails.</summary>
    /// <param name="props">What it is.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf(Props props) => Spawn(props, null, null);

    /// <summary>Makes an actor as a child of the test actor.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="supervisorStrategy">How its failures are handled.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf<TActor>(string name, SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase => Spawn(Props.Create<TActor>(), name, supervisorStrategy);

    /// <summary>Makes an actor as a child of the test actor.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="supervisorStrategy">How its failures are handled.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase => Spawn(Props.Create<TActor>(), null, supervisorStrategy);

    /// <summary>Makes an actor as a child of the test actor; it is stopped when it fails.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf<TActor>(string name)
        where TActor : ActorBase => Spawn(Props.Create<TActor>(), name, null);

    /// <summary>Makes an actor as a child of the test actor; it is stopped when it fails.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <returns>The actor.</returns>
    public IActorRef ChildActorOf<TActor>()
        where TActor : ActorBase => Spawn(Props.Create<TActor>(), null, null);

    private IActorRef Spawn(Props props, string? name, SupervisorStrategy? strategy)
    {
        TestActor.Tell(new TestActor.Spawn(props, name, strategy));
        return ExpectMsg<IActorRef>();
    }
}
