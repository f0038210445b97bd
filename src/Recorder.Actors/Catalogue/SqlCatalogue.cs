using System.Data.Common;
using Dapper;
using Recorder.Actors.Secrets;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// The catalogue in a database of SQL. One connection writes, one transaction at a time; each read has one of its own, a few at once.
/// All work is done on threads of the pool: no caller waits on the database in its own.
/// </summary>
internal sealed partial class SqlCatalogue : ICatalogue, ICatalogueWriter
{
    private const int MostReadsAtOnce = 8;

    private readonly ICatalogueDatabase _database;
    private readonly CatalogueOptions _options;
    private readonly ISecretSeal _seal;
    private readonly NodeClock _clock;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _appending = new(1, 1);
    private readonly SemaphoreSlim _reading = new(MostReadsAtOnce, MostReadsAtOnce);
    private readonly JournalSignal _signal = new();
    private DbConnection? _writer;
    private Journal _journal = new(0, 0, 0);
    private bool _hasJournal;
    private bool _ended;

    private SqlCatalogue(ICatalogueDatabase database, CatalogueOptions options, ISecretSeal seal) =>
        (_database, _options, _seal, _clock) = (database, options, seal, options.Clock ?? new NodeClock(options.Time));

    /// <summary>Opens a catalogue, making or bringing up to date what is not there.</summary>
    /// <exception cref="CatalogueUnavailableException">It cannot be opened; the message says what to do.</exception>
    public static async Task<SqlCatalogue> OpenAsync(
        ICatalogueDatabase database, CatalogueOptions options, ISecretSeal seal, CancellationToken cancellationToken)
    {
        var catalogue = new SqlCatalogue(database, options, seal);
        await Task.Run(catalogue._database.Migrate, cancellationToken).ConfigureAwait(false);
        await catalogue.WriteAsync(durable: true, catalogue.OpenJournal, cancellationToken).ConfigureAwait(false);
        catalogue._hasJournal = true;
        return catalogue;
    }

    /// <summary>The index of recordings that nodes share; each keeps a journal of its own. The schema is up to date.</summary>
    public static SqlCatalogue OfShared(ICatalogueDatabase database, CatalogueOptions options) => new(database, options, NoSeal.Instance);

    public Task<IReadOnlyList<RecorderDefinition>> ListRecordersAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<RecorderDefinition>>(
            reader => [.. reader.Query<string>("SELECT definition FROM recorders ORDER BY id").Select(Definition)], cancellationToken);

    public Task<RecorderDefinition?> FindRecorderAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        ReadAsync(
            reader => reader.QuerySingleOrDefault<string>("SELECT definition FROM recorders WHERE id = @id", new { id = recorder.Value }) is { } json
                ? Definition(json)
                : null,
            cancellationToken);

    public Task PutRecorderAsync(RecorderDefinition definition, CancellationToken cancellationToken) =>
        WriteAsync(
            durable: true,
            writer => writer.Execute(
                "INSERT INTO recorders (id, definition) VALUES (@id, @json) ON CONFLICT (id) DO UPDATE SET definition = excluded.definition",
                new { id = definition.Id.Value, json = SealedDefinition.Write(definition, _seal) }),
            cancellationToken);

    public Task RemoveRecorderAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        WriteAsync(durable: true, writer => writer.Execute("DELETE FROM recorders WHERE id = @id", new { id = recorder.Value }), cancellationToken);

    public Task SetHoldAsync(RecordingKey recording, bool held, CancellationToken cancellationToken) =>
        WriteAsync(
            durable: true,
            writer => writer.Execute(
                "UPDATE recordings SET held = @held WHERE recorder = @recorder AND recording = @recording",
                new { held = held ? 1 : 0, recorder = recording.Recorder.Value, recording = recording.Recording.Value }),
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        try
        {
            if (_hasJournal)
            {
                await WriteAsync(durable: true, CloseJournal, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is CatalogueUnavailableException or IOException)
        {
            // Then it counts as not closed: numbers of the journal skip ahead at the next start.
        }

        await _appending.WaitAsync().ConfigureAwait(false);
        await _writing.WaitAsync().ConfigureAwait(false);
        _ended = true;
        if (_writer is { } writer)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }

        _database.Close();
        _writing.Dispose();
        _appending.Dispose();
        _reading.Dispose();
    }

    private RecorderDefinition Definition(string json) => SealedDefinition.Read(json, _seal);

    private async Task<T> ReadAsync<T>(Func<DbConnection, T> read, CancellationToken cancellationToken)
    {
        await TurnAsync(_reading, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () =>
                {
                    using var reader = _database.OpenReader();
                    return read(reader);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (_database.IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _reading.Release();
        }
    }

    // What the statements change in memory they change after the commit, and before the next transaction: one that fails leaves nothing.
    private async Task<T> WriteAsync<T>(bool durable, Func<DbConnection, T> write, CancellationToken cancellationToken, Action<T>? committed = null)
    {
        await TurnAsync(_writing, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Transact(durable, write, committed), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (_database.IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private T Transact<T>(bool durable, Func<DbConnection, T> write, Action<T>? committed)
    {
        var writer = _writer ??= _database.OpenWriter();
        try
        {
            _database.SetDurable(writer, durable);
            using var transaction = writer.BeginTransaction();
            var result = write(writer);
            transaction.Commit();
            committed?.Invoke(result);
            return result;
        }
        catch (Exception exception) when (_database.IsUnavailable(exception))
        {
            // Whatever state the connection is in: the next transaction begins with a new one.
            _writer = null;
            writer.Dispose();
            throw;
        }
    }

    private Task TurnAsync(SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        return turns.WaitAsync(cancellationToken);
    }

    private CatalogueUnavailableException Unavailable(Exception cause) =>
        new($"The catalogue {_database.Name} does not answer: {cause.Message}", cause);
}
