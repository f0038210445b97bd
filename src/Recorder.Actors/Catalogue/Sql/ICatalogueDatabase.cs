using System.Data.Common;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>
/// The differences between the databases that can store a catalogue: how connections are opened and how the schema is updated.
/// The queries are the same for all and use only what both SQLite and PostgreSQL understand.
/// </summary>
internal interface ICatalogueDatabase
{
    string Name { get; }

    /// <summary>Brings the schema up to date, and creates it when there is none.</summary>
    /// <exception cref="CatalogueUnavailableException">The database cannot be opened, or was written by a later
    /// version.</exception>
    void Migrate();

    DbConnection OpenWriter();

    /// <summary>Opens a connection for one read; disposing of it returns it to the pool.</summary>
    DbConnection OpenReader();

    /// <summary>
    /// Begins a transaction whose statements all read the same state of the database, without blocking the writer.
    /// </summary>
    DbTransaction BeginSnapshot(DbConnection reader);

    /// <summary>Sets whether the next commits of a writer are durable before they return.</summary>
    void SetDurable(DbConnection writer, bool durable);

    /// <summary>Returns when everything committed before is durable; the writer goes on meanwhile.</summary>
    void Sync();

    /// <summary>
    /// Reads the highest number that the journal may have used, which is stored outside the database so that it outlives it; 0
    /// when none was used. A database that several nodes share needs none.
    /// </summary>
    long ReadNumberFloor();

    /// <summary>Stores that number; it is durable when this returns.</summary>
    void KeepNumberFloor(long number);

    void Close();

    /// <summary>Whether a failure is due to the state of the database (busy, full, away) and not to the statement.</summary>
    bool IsUnavailable(Exception exception);
}
