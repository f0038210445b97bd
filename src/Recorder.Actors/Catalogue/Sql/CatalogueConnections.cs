using System.Data.Common;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>One connection writes, one transaction at a time, and up to eight read. All statements run on the thread pool:
/// callers never block on the database. Safe to use from any thread.</summary>
internal sealed class CatalogueConnections(ICatalogueDatabase database) : IAsyncDisposable
{
    private const int MaxReaders = 8;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(MaxReaders, MaxReaders);
    private DbConnection? _writer;
    private bool _isDisposed;

    public ICatalogueDatabase Database => database;

    public Task<T> ReadAsync<T>(Func<DbConnection, T> read, CancellationToken cancellationToken) =>
        RunReaderAsync(reader => Task.FromResult(read(reader)), cancellationToken);

    /// <summary>Several reads that all see the same state of the database.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<DbConnection, T> read, CancellationToken cancellationToken) =>
        ReadSnapshotAsync(reader => Task.FromResult(read(reader)), cancellationToken);

    public Task<T> ReadSnapshotAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken) => RunReaderAsync(
        async reader =>
        {
            await using var snapshot = database.BeginSnapshot(reader);
            return await read(reader).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Runs statements in one transaction. They change nothing in memory, since it may fail;
    /// <paramref name="committed"/> does, before the next transaction.</summary>
    public async Task<T> WriteAsync<T>(
        bool durable, Func<DbConnection, T> write, CancellationToken cancellationToken, Action<T>? committed = null)
    {
        await WaitAsync(_writing, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Transact(durable, write, committed), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (database.IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task WriteAsync(bool durable, Action<DbConnection> write, CancellationToken cancellationToken, Action? committed = null) =>
        WriteAsync<object?>(
            durable,
            writer =>
            {
                write(writer);
                return null;
            },
            cancellationToken,
            _ => committed?.Invoke());

    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(database.Sync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException || database.IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
    }

    public CatalogueUnavailableException Unavailable(Exception cause) =>
        new($"The catalogue {database.Name} does not answer: {cause.Message}", cause);

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        _isDisposed = true;
        if (_writer is { } writer)
            await writer.DisposeAsync().ConfigureAwait(false);

        database.Close();
        _writing.Dispose();
        _reading.Dispose();
    }

    private async Task<T> RunReaderAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await WaitAsync(_reading, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                async () =>
                {
                    await using var reader = database.OpenReader();
                    return await read(reader).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (database.IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
        finally
        {
            _reading.Release();
        }
    }

    private T Transact<T>(bool durable, Func<DbConnection, T> write, Action<T>? committed)
    {
        var writer = _writer ??= database.OpenWriter();
        try
        {
            database.SetDurable(writer, durable);
            using var transaction = writer.BeginTransaction();
            var result = write(writer);
            transaction.Commit();
            committed?.Invoke(result);
            return result;
        }
        catch (Exception exception) when (database.IsUnavailable(exception))
        {
            // The connection may be unusable after the failure: the next transaction opens a new one.
            _writer = null;
            writer.Dispose();
            throw;
        }
    }

    private Task WaitAsync(SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return turns.WaitAsync(cancellationToken);
    }
}
