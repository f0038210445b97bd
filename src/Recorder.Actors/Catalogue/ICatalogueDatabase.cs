using System.Data.Common;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// What differs between the databases that can hold a catalogue: how connections are made and the schema is brought up to date. The
/// queries are the same for all (<see cref="SqlCatalogue"/>): no more than SQLite and PostgreSQL both understand.
/// </summary>
internal interface ICatalogueDatabase
{
    /// <summary>The database in log lines and errors.</summary>
    string Name { get; }

    /// <summary>Brings the schema up to date, making it if there is none.</summary>
    /// <exception cref="CatalogueUnavailableException">It cannot be opened, or was written by a later version.</exception>
    void Migrate();

    /// <summary>An open connection of its own, for the one writer.</summary>
    DbConnection OpenWriter();

    /// <summary>An open connection for one read; disposing of it gives it back.</summary>
    DbConnection OpenReader();

    /// <summary>Begins what reads one state of the database, however many statements it has, and is in no writer's way.</summary>
    DbTransaction BeginSnapshot(DbConnection reader);

    /// <summary>Whether the next commits of a writer survive a power cut before they return.</summary>
    void SetDurable(DbConnection writer, bool durable);

    /// <summary>Returns when all that was committed before survives a power cut. Beside the writer: it goes on meanwhile.</summary>
    void Sync();

    /// <summary>
    /// The highest number that may have been used, kept apart from the database so that it outlives it; 0 when none was. A database that
    /// many share needs none.
    /// </summary>
    long ReadNumberFloor();

    /// <summary>Keeps that number: on the platter when it returns.</summary>
    void KeepNumberFloor(long number);

    /// <summary>Lets go of what is kept open for the next connection.</summary>
    void Close();

    /// <summary>Whether the failure is the database's state and not the statement: busy, full, away.</summary>
    bool IsUnavailable(Exception exception);
}

/// <summary>What is put into the catalogue as it happens.</summary>
internal interface ICatalogueWriter
{
    /// <summary>
    /// Enters events in the journal and what follows from them in the index, in one transaction. Those that are there already, by
    /// recorder and sequence, are passed over.
    /// </summary>
    /// <param name="events">In the order in which they came.</param>
    /// <param name="unjournaled">What follows from events that had to be left out of the journal; its readers are told.</param>
    /// <param name="cancellationToken">Ends the waiting for the writer's turn.</param>
    /// <returns>The number of the journal's last entry.</returns>
    Task<long> AppendAsync(IReadOnlyList<Contracts.RecorderProtocol.IEvent> events, CatalogueChanges? unjournaled, CancellationToken cancellationToken);

    /// <summary>Returns when what was appended survives a power cut; appending goes on meanwhile.</summary>
    Task SyncAsync(CancellationToken cancellationToken);
}
