using System.Collections.Concurrent;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>Finds mailbox types by the name of their block in the configuration.</summary>
/// <param name="system">The system.</param>
public class Mailboxes(ActorSystem system)
{
    /// <summary>The block that actors use that name none.</summary>
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";

    /// <summary>Says that an actor requires nothing of its queue.</summary>
    public static readonly string NoMailboxRequirement = "";

    private readonly ConcurrentDictionary<string, MailboxType> _types = new();

    /// <summary>Stands for the mailbox of every actor that has stopped.</summary>
    public Mailbox DeadLetterMailbox { get; } = new(new MessageQueues.UnboundedMessageQueue());

    /// <summary>The type that a name stands for.</summary>
    /// <param name="id">The name: a path in the configuration, <c>unbounded</c> or <c>bounded</c>.</param>
    /// <returns>The type.</returns>
    /// <exception cref="ConfigurationException">Nothing is configured under that name, or it cannot be made.</exception>
    public MailboxType Lookup(string id) => _types.GetOrAdd(id, Make);

    /// <summary>The mailbox type of an actor: what its props say, else what it requires, else the default.</summary>
    /// <param name="props">The props.</param>
    /// <param name="dispatcherConfig">The block of its dispatcher.</param>
    /// <returns>The type.</returns>
    public MailboxType GetMailboxType(Props props, Config? dispatcherConfig = null)
    {
        if (props.Deploy.Mailbox != Deploy.NoMailboxGiven)
            return Lookup(props.Deploy.Mailbox);
        if (dispatcherConfig?.GetString("mailbox-type") is { Length: > 0 })
        {
            var id = dispatcherConfig.GetString("id");
            return _types.GetOrAdd(id + "|dispatcher", _ => Instantiate(id, dispatcherConfig));
        }

        if (Requirement(props.Type) is { } requirement)
        {
            var mapped = system.Settings.Config.GetString("akka.actor.mailbox.requirements.\"" + requirement + "\"");
            if (!string.IsNullOrEmpty(mapped))
                return Lookup(mapped);
        }

        return Lookup(DefaultMailboxId);
    }

    /// <summary>What an actor requires of its queue.</summary>
    /// <param name="actorType">The actor.</param>
    /// <returns>What; null for nothing.</returns>
    public Type? GetRequiredType(Type actorType) => actorType.GetInterfaces()
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>))
        ?.GetGenericArguments()[0];

    /// <summary>Whether an actor requires something of its queue.</summary>
    /// <param name="actorType">The actor.</param>
    /// <returns>Whether.</returns>
    public bool HasRequiredType(Type actorType) => GetRequiredType(actorType) is not null;

    private static string? Requirement(Type actorType)
    {
        foreach (var i in actorType.GetInterfaces())
        {
            if (!i.IsGenericType || i.GetGenericTypeDefinition() != typeof(IRequiresMessageQueue<>))
                continue;
            var required = i.GetGenericArguments()[0];
            if (required.Assembly != typeof(Mailboxes).Assembly)
                return required.FullName;
        }

        return null;
    }

    private MailboxType Make(string id)
    {
        if (id == "unbounded")
            return new UnboundedMailbox();
        if (id == "bounded")
            return Instantiate(id, ((Config)"mailbox-type = \"Akka.Dispatch.BoundedMailbox\"").WithFallback(Default()));
        if (id == DefaultMailboxId)
            return Instantiate(id, Default());
        if (!system.Settings.Config.HasPath(id))
            throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        return Instantiate(id, system.Settings.Config.GetConfig(id).WithFallback(Default()));
    }

    private Config Default() => system.Settings.Config.GetConfig(DefaultMailboxId) ?? Config.Empty;

    private MailboxType Instantiate(string id, Config config)
    {
        var name = config.GetString("mailbox-type");
        if (string.IsNullOrEmpty(name))
            throw new ConfigurationException($"The setting mailbox-type defined in [{id}] is empty");
        var type = TypeNames.Resolve(name)
            ?? throw new ConfigurationException($"Found mailbox-type [{name}] in configuration for [{id}], but could not find that type in any loaded assemblies.");
        try
        {
            return (MailboxType)Activator.CreateInstance(type, system.Settings, config)!;
        }
        catch (Exception e)
        {
            var why = (e as System.Reflection.TargetInvocationException)?.InnerException ?? e;
            throw new ArgumentException($"Cannot instantiate MailboxType {type}, defined in [{id}]. Make sure it has a public constructor with [Akka.Actor.Settings, Akka.Configuration.Config] parameters", why);
        }
    }
}
