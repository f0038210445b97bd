using System.Runtime.CompilerServices;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Recorder.Client;

/// <summary>The recorders of nodes, in an actor system that Akka.Hosting runs.</summary>
public static class RecorderClientHosting
{
    private static readonly ConditionalWeakTable<ActorSystem, RecorderHttpClient> Clients = [];

    /// <summary>
    /// Adds the actor <c>/user/recorder-client</c>, registered under <see cref="Recorders"/>: inject
    /// <c>IRequiredActor&lt;Recorders&gt;</c>. It speaks HTTP to the nodes and ends with the actor system, which needs no remoting.
    /// </summary>
    /// <param name="builder">The configuration of the actor system.</param>
    /// <param name="configure">Names the nodes: <c>o => o.Join("recorder.example:8080")</c>.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range; the message names it.</exception>
    public static AkkaConfigurationBuilder WithRecorderClient(this AkkaConfigurationBuilder builder, Action<RecorderClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Read(configure);
        return builder.WithActors((system, registry) =>
        {
            var client = new RecorderHttpClient(options);
            Clients.Add(system, client);
            system.RegisterOnTermination(client.Dispose);
            registry.Register<Recorders>(system.ActorOf(RecordersClientActor.PropsFor(client, options.QueueLimit), "recorder-client"));
        });
    }

    /// <summary>
    /// Adds a <see cref="RecorderHttpClient"/> to the services of a program, with or without an actor system. With
    /// <see cref="WithRecorderClient"/> it is not needed: <see cref="GetRecorderHttpClient"/> has the one of the actor.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Names the nodes.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range; the message names it.</exception>
    public static IServiceCollection AddRecorderHttpClient(this IServiceCollection services, Action<RecorderClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = Read(configure);
        return services.AddSingleton(_ => new RecorderHttpClient(options));
    }

    /// <summary>The client behind <see cref="Recorders"/>, for definitions and media.</summary>
    /// <param name="system">An actor system with <see cref="WithRecorderClient"/>.</param>
    /// <exception cref="InvalidOperationException">The actor system has no client.</exception>
    public static RecorderHttpClient GetRecorderHttpClient(this ActorSystem system) => Clients.TryGetValue(system, out var client)
        ? client
        : throw new InvalidOperationException($"The actor system '{system?.Name}' has no client; add WithRecorderClient to its configuration.");

    private static RecorderClientOptions Read(Action<RecorderClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RecorderClientOptions();
        configure(options);
        options.Validate();
        return options;
    }
}
