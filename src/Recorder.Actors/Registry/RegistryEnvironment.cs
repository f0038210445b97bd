using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <param name="FirstDelay">The wait before a failed recorder is started again; it doubles with each failure.</param>
internal sealed record RegistryEnvironment(
    IActorRef Recorders, IActorRef Events, ICatalogue Catalogue, DefinitionFiles Files, IHistoryFinder History, ILogger Logger,
    TimeSpan FirstDelay)
{
    /// <summary>Waits until every event published before is in the catalogue. Returns at once when the catalogue is unavailable.</summary>
    public Func<Task> Flush { get; init; } = () => Task.CompletedTask;

    /// <summary>The definitions that the nodes of a cluster share; null on a single node.</summary>
    public ISharedDefinitions? Cluster { get; init; }

    // An unavailable catalogue is updated at the next start of the node.
    public async Task PersistDefinitionAsync(RecorderDefinition definition)
    {
        await (Cluster?.CheckOwnershipAsync(definition.Id) ?? Task.CompletedTask).ConfigureAwait(false);
        await Files.WriteAsync(definition).ConfigureAwait(false);
        await (Cluster?.PersistAsync(definition) ?? Task.CompletedTask).ConfigureAwait(false);
        await UpdateCatalogueAsync(definition.Id, () => Catalogue.PutRecorderAsync(definition, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <summary>Stores on this node what the cluster has registered already.</summary>
    public async Task StoreDefinitionAsync(RecorderDefinition definition)
    {
        await Task.Run(() => Files.Write(definition)).ConfigureAwait(false);
        await UpdateCatalogueAsync(definition.Id, () => Catalogue.PutRecorderAsync(definition, CancellationToken.None)).ConfigureAwait(false);
    }

    public async Task RemoveDefinitionAsync(RecorderId recorder)
    {
        await (Cluster?.RemoveAsync(recorder) ?? Task.CompletedTask).ConfigureAwait(false);
        await Task.Run(() => Files.Remove(recorder)).ConfigureAwait(false);
        await UpdateCatalogueAsync(recorder, () => Catalogue.RemoveRecorderAsync(recorder, CancellationToken.None)).ConfigureAwait(false);
    }

    private async Task UpdateCatalogueAsync(RecorderId recorder, Func<Task> update)
    {
        try
        {
            await update().ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException exception)
        {
            RegistryLog.NotInCatalogue(Logger, recorder, exception.Message);
        }
    }
}

internal interface ISharedDefinitions
{
    /// <exception cref="CatalogueUnavailableException">The node has lost the connection to the cluster and cannot know.</exception>
    Task CheckOwnershipAsync(RecorderId recorder);

    /// <summary>Persists a definition. When the store cannot be reached now, it is persisted later.</summary>
    Task PersistAsync(RecorderDefinition definition);

    /// <exception cref="CatalogueUnavailableException">The store cannot be reached.</exception>
    Task RemoveAsync(RecorderId recorder);

    /// <returns>Where the next owner continues.</returns>
    Task<RecorderHistory> CompleteHandOverAsync(RecorderDefinition definition);
}

internal interface IHistoryFinder
{
    Task<FoundHistory> FindAsync(RecorderDefinition definition, CancellationToken cancellationToken);
}

/// <param name="Missing">Events that are due and were never published, in order. The last one has the number of the history.</param>
internal sealed record FoundHistory(RecorderHistory History, IReadOnlyList<RecorderProtocol.IEvent> Missing);
