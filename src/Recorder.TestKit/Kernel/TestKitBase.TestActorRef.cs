using System.Linq.Expressions;

namespace Recorder.ActorKernel.Testing;

public abstract partial class TestKitBase
{
    /// <summary>Makes an actor whose instance the test can look at.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="props">What it is.</param>
    /// <param name="supervisor">Its parent.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Props props, IActorRef? supervisor, string? name = null)
        where TActor : ActorBase => new(Sys, props, supervisor, name);

    /// <summary>Makes an actor under <c>/user</c> whose instance the test can look at.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="props">What it is.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Props props, string? name = null)
        where TActor : ActorBase => new(Sys, props, null, name);

    /// <summary>Makes an actor whose instance the test can look at.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="factory">Calls its constructor.</param>
    /// <param name="supervisor">Its parent.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(
        Expression<Func<TActor>> factory, IActorRef? supervisor, string? name = null)
        where TActor : ActorBase => new(Sys, Props.Create(factory), supervisor, name);

    /// <summary>Makes an actor under <c>/user</c> whose instance the test can look at.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="factory">Calls its constructor.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Expression<Func<TActor>> factory, string? name = null)
        where TActor : ActorBase => new(Sys, Props.Create(factory), null, name);

    /// <summary>Makes an actor whose instance the test can look at.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="supervisor">Its parent.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(IActorRef supervisor, string? name = null)
        where TActor : ActorBase, new() => new(Sys, Props.Create<TActor>(), supervisor, name);

    /// <summary>Makes an actor under <c>/user</c> whose instance the test can look at.</summary>
    /// <typeparam name="TActor">Its class.</typeparam>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(string? name = null)
        where TActor : ActorBase, new() => new(Sys, Props.Create<TActor>(), null, name);
}
