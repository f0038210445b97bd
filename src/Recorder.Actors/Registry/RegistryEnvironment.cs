using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>What the members of a fleet share.</summary>
/// <param name="Recorders">Makes recorders and takes their commands.</param>
/// <param name="Events">The mediator.</param>
/// <param name="Catalogue">The index of definitions.</param>
/// <param name="Files">The definitions.</param>
/// <param name="History">What a recorder was before its node started.</param>
/// <param name="Logger">Where the fleet logs.</param>
/// <param name="FirstDelay">The wait before a recorder that failed is started again; it doubles.</param>
internal sealed record RegistryEnvironment(
    IActorRef Recorders, IActorRef Events, ICatalogue Catalogue, DefinitionFiles Files, IHistoryFinder History, ILogger Logger,
    TimeSpan FirstDelay)
{
    /// <summary>Waits until every event that was raised is in the catalogue, unless that is away.</summary>
    public Func<Task> Flush { get; init; } = () => Task.CompletedTask;

    /// <summary>Where nodes agree on definitions; null on a single node.</summary>
    public ISharedDefinitions? Cluster { get; init; }

    /// <summary>Keeps a definition: in its file first, which is the truth. A catalogue that is away hears of it at the next start.</summary>
    public async Task KeepAsync(RecorderDefinition definition)
    {
        await (Cluster?.CheckAsync(definition.Id) ?? Task.CompletedTask).ConfigureAwait(false);
        await Task.Run(() => Files.Write(definition)).ConfigureAwait(false);
        await (Cluster?.KeepAsync(definition) ?? Task.CompletedTask).ConfigureAwait(false);
        try
        {
            await Catalogue.PutRecorderAsync(definition, CancellationToken.None).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException away)
        {
            RegistryLog.NotInCatalogue(Logger, definition.Id, away.Message);
        }
    }

    /// <summary>Forgets a definition.</summary>
    public async Task ForgetAsync(RecorderId recorder)
    {
        await (Cluster?.ForgetAsync(recorder) ?? Task.CompletedTask).ConfigureAwait(false);
        await Task.Run(() => Files.Remove(recorder)).ConfigureAwait(false);
        try
        {
            await Catalogue.RemoveRecorderAsync(recorder, CancellationToken.None).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException away)
        {
            RegistryLog.NotInCatalogue(Logger, recorder, away.Message);
        }
    }
}

/// <summary>The definitions that the nodes of a cluster share.</summary>
internal interface ISharedDefinitions
{
    /// <summary>Makes sure that this node may still decide about a recorder.</summary>
    /// <exception cref="CatalogueUnavailableException">It cannot know: it has lost touch.</exception>
    Task CheckAsync(RecorderId recorder);

    /// <summary>Keeps a definition; soon, where the others cannot be reached just now.</summary>
    Task KeepAsync(RecorderDefinition definition);

    /// <summary>Removes a definition.</summary>
    /// <exception cref="CatalogueUnavailableException">The others cannot be reached.</exception>
    Task ForgetAsync(RecorderId recorder);

    /// <summary>Completes what this node recorded of a recorder that it gives up.</summary>
    /// <returns>What another goes on from.</returns>
    Task<RecorderHistory> LeaveAsync(RecorderDefinition definition);
}

/// <summary>Finds out what a recorder was before: from the catalogue and its folders.</summary>
internal interface IHistoryFinder
{
    Task<FoundHistory> FindAsync(RecorderDefinition definition, CancellationToken cancellationToken);
}

/// <param name="History">What it goes on from.</param>
/// <param name="Missing">Events that are due and were never raised, in order; their numbers end before the history's.</param>
internal sealed record FoundHistory(RecorderHistory History, IReadOnlyList<RecorderProtocol.IEvent> Missing);
