using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

internal interface ICatalogueWriter
{
    /// <summary>Enters events in their order, and what follows from them for recordings, in one transaction; returns the
    /// journal's last number. Events that the journal has already, by recorder and sequence, are skipped. Of
    /// <paramref name="unjournaled"/> events readers are told that some are missing.</summary>
    Task<long> AppendAsync(IReadOnlyList<IEvent> events, CatalogueChanges? unjournaled, CancellationToken cancellationToken);

    /// <summary>Returns when everything appended before is durable; appending goes on meanwhile.</summary>
    Task SyncAsync(CancellationToken cancellationToken);
}
