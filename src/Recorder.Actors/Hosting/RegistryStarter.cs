using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>Starts the registry with the recorders of a data folder, or with those that a cluster assigns to the node.</summary>
/// <param name="flush">Returns when all events so far are in the catalogue, or at once while the catalogue is away.</param>
internal sealed class RegistryStarter(
    NodeRuntimeOptions options, RecorderRuntime runtime, SqlCatalogue catalogue, HistoryFinder history, Func<Task> flush,
    ILoggerFactory logging)
{
    private readonly ILogger _logger = logging.CreateLogger("Registry");

    private readonly DefinitionFiles _files = new(
        options.RecordingsFolder, options.Cipher, LocalDisk.Instance, logging.CreateLogger("Node"));

    /// <returns>The registry, and the completion of recordings of removed recorders, in the background.</returns>
    public async Task<(IActorRef Registry, Task Completion)> StartAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        var definitions = await Task.Run(_files.ReadAll, cancellationToken).ConfigureAwait(false);
        await UpdateCatalogueAsync(definitions, cancellationToken).ConfigureAwait(false);
        var removed = history.Recorders().Except(definitions.Select(definition => definition.Id)).ToList();
        var environment = Environment(history);
        var registry = runtime.System.ActorOf(RegistryActor.PropsFor(environment, definitions), "registry");
        return (registry, CompleteAsync(removed, stopping));
    }

    public async Task<IActorRef> JoinAsync(INodeCluster cluster, CancellationToken cancellationToken)
    {
        // The cluster's registry has them from here on: a node holds what the cluster wants it to hold, and not what it held when it ended.
        var own = await Task.Run(_files.ReadAll, cancellationToken).ConfigureAwait(false);
        await cluster.BeginAsync(own, cancellationToken).ConfigureAwait(false);
        foreach (var definition in own)
            _files.Remove(definition.Id);

        var environment = Environment(cluster.History) with { Cluster = cluster.Definitions };
        return runtime.System.ActorOf(RegistryActor.PropsFor(environment, []), "registry");
    }

    private RegistryEnvironment Environment(IHistoryFinder past) =>
        new(runtime.Recorders, runtime.Events, catalogue, _files, past, _logger, options.RestartDelay) { Flush = flush };

    // The definition files are the truth: other recorders in the catalogue were removed, or belong to another data folder.
    private async Task UpdateCatalogueAsync(IReadOnlyList<RecorderDefinition> definitions, CancellationToken cancellationToken)
    {
        var known = await catalogue.ListRecordersAsync(cancellationToken).ConfigureAwait(false);
        foreach (var old in known.Where(old => !definitions.Any(definition => definition.Id == old.Id)))
            await catalogue.RemoveRecorderAsync(old.Id, cancellationToken).ConfigureAwait(false);

        await Task.WhenAll(definitions.Select(definition => catalogue.PutRecorderAsync(definition, cancellationToken))).ConfigureAwait(false);
    }

    private async Task CompleteAsync(IReadOnlyList<RecorderId> removed, CancellationToken stopping)
    {
        try
        {
            await Task.Run(() => history.CompleteAsync(removed, stopping), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception
            is OperationCanceledException or IOException or UnauthorizedAccessException or CatalogueUnavailableException
            or ObjectDisposedException)
        {
            if (!stopping.IsCancellationRequested)
                RegistryLog.NotCompleted(_logger, exception.Message);
        }
    }
}
