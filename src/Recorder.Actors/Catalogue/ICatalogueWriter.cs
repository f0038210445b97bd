using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>Enters events in the catalogue as they happen.</summary>
internal interface ICatalogueWriter
{
    /// <summary>
    /// Enters events in the journal and what follows from them for recordings, in one transaction. Events that the journal has
    /// already, by recorder and sequence, are skipped.
    /// </summary>
    /// <param name="events">Events in the order in which they came.</param>
    /// <param name="unjournaled">
    /// What follows from events that will be missing in the journal; its readers are told that some are.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for the transaction before this one.</param>
    /// <returns>The number of the journal's last entry.</returns>
    Task<long> AppendAsync(IReadOnlyList<IEvent> events, CatalogueChanges? unjournaled, CancellationToken cancellationToken);

    /// <summary>Returns when everything appended before is durable; appending goes on meanwhile.</summary>
    Task SyncAsync(CancellationToken cancellationToken);
}
