using System.Data.Common;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>How connections are opened and how the schema is updated. The queries are the same for a node's catalogue and for the index that it
/// has of all nodes.</summary>
internal interface ICatalogueDatabase
{
    string Name { get; }

    void Migrate();
    DbConnection OpenWriter();

    /// <summary>Disposing of the connection returns it to the pool.</summary>
    DbConnection OpenReader();

    /// <summary>All statements of it read the same state of the database, without blocking the writer.</summary>
    DbTransaction BeginSnapshot(DbConnection reader);

    /// <summary>Whether the next commits of a writer are durable before they return.</summary>
    void SetDurable(DbConnection writer, bool durable);

    void Sync();

    /// <summary>The highest number that the journal may have used, which is stored outside the database so that it outlives it; 0
    /// for none. A database that several nodes share needs none.</summary>
    long ReadNumberFloor();

    /// <summary>The number is durable when this returns.</summary>
    void KeepNumberFloor(long number);

    void Close();

    /// <summary>Whether a failure is due to the state of the database (busy, full, away) and not to the statement.</summary>
    bool IsUnavailable(Exception exception);
}
