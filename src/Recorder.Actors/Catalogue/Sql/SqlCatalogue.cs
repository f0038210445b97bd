using Dapper;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>Definitions and recordings are here, everything else is in the parts it offers. Owns the connections.</summary>
internal sealed class SqlCatalogue : ICatalogue
{
    private readonly CatalogueConnections _connections;
    private readonly RecordingQueries _recordings;
    private readonly ISecretCipher _cipher;
    private readonly WriteRounds<RecorderDefinition> _definitions;
    private bool _isDisposed;

    private SqlCatalogue(ICatalogueDatabase database, CatalogueOptions options, ISecretCipher cipher)
    {
        var clock = options.Clock ?? new NodeClock(options.Time);
        var rows = new CatalogueRows(options.Root);
        var sequences = new RecorderSequences();
        (_connections, _recordings, _cipher) = (new CatalogueConnections(database), new RecordingQueries(rows), cipher);
        Updates = new RecordingUpdates(_connections, rows, sequences, clock);
        Journal = new Journal(_connections, Updates, sequences, options, clock);
        Clock = new ClockStore(_connections, clock);
        Retention = new RetentionStore(_connections, rows, Clock);
        _definitions = new WriteRounds<RecorderDefinition>(PutRecordersAsync);
        Answers = new AnswerStore(_connections, clock);
    }

    public Journal Journal { get; }
    public RecordingUpdates Updates { get; }
    public RetentionStore Retention { get; }
    public ClockStore Clock { get; }
    public AnswerStore Answers { get; }

    /// <summary>Throws <see cref="CatalogueUnavailableException"/>, whose message says what to do.</summary>
    public static async Task<SqlCatalogue> OpenAsync(
        ICatalogueDatabase database, CatalogueOptions options, ISecretCipher cipher, CancellationToken cancellationToken)
    {
        var catalogue = new SqlCatalogue(database, options, cipher);
        await Task.Run(database.Migrate, cancellationToken).ConfigureAwait(false);
        await catalogue.Journal.OpenAsync(cancellationToken).ConfigureAwait(false);
        return catalogue;
    }

    /// <summary>Recordings that several nodes share; each keeps its own journal. The schema must be up to date.</summary>
    public static SqlCatalogue CreateShared(ICatalogueDatabase database, CatalogueOptions options) => new(database, options, NoCipher.Instance);

    public Task<IReadOnlyList<RecorderDefinition>> ListRecordersAsync(CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<RecorderDefinition>>(
            reader => [.. reader.Query<string>("SELECT definition FROM recorders ORDER BY id").Select(Decrypt)], cancellationToken);

    public Task<RecorderDefinition?> FindRecorderAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        _connections.ReadAsync(
            reader => reader.QuerySingleOrDefault<string>("SELECT definition FROM recorders WHERE id = @id", new { id = recorder.Value }) is { } json
                ? Decrypt(json)
                : null,
            cancellationToken);

    public Task PutRecorderAsync(RecorderDefinition definition, CancellationToken cancellationToken) =>
        _definitions.WriteAsync(definition).WaitAsync(cancellationToken);

    private async Task<IReadOnlyList<Exception?>> PutRecordersAsync(IReadOnlyList<RecorderDefinition> definitions)
    {
        await _connections.WriteAsync(
            durable: true,
            writer =>
            {
                foreach (var definition in definitions)
                {
                    writer.Execute(
                        "INSERT INTO recorders (id, definition) VALUES (@id, @json) ON CONFLICT (id) DO UPDATE SET definition = excluded.definition",
                        new { id = definition.Id.Value, json = EncryptedDefinition.Write(definition, _cipher) });
                }
            },
            CancellationToken.None).ConfigureAwait(false);
        return new Exception?[definitions.Count];
    }

    public Task RemoveRecorderAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        _connections.WriteAsync(
            durable: true, writer => writer.Execute("DELETE FROM recorders WHERE id = @id", new { id = recorder.Value }), cancellationToken);

    public Task<IReadOnlyList<RecordingRow>> ListRecordingsAsync(RecordingQuery query, CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<RecordingRow>>(reader => _recordings.List(reader, query), cancellationToken);

    public Task<RecordingRow?> FindRecordingAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        _connections.ReadAsync(reader => _recordings.Find(reader, recording), cancellationToken);

    public Task<IReadOnlyList<RecordingKey>> ListOpenRecordingsAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<RecordingKey>>(reader => RecordingQueries.ListOpen(reader, recorder), cancellationToken);

    /// <summary>The recorders that have a recording which has not ended.</summary>
    public Task<IReadOnlyList<RecorderId>> ListOpenRecordersAsync(CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<RecorderId>>(
            reader =>
            [
                .. reader.Query<string>("SELECT DISTINCT recorder FROM recordings WHERE ended_at IS NULL ORDER BY recorder").Select(recorder => new RecorderId(recorder)),
            ],
            cancellationToken);

    public Task<IReadOnlyList<Extent>> ListExtentsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<Extent>>(reader => _recordings.Extents(reader, recording, from, to), cancellationToken);

    public Task<IReadOnlyList<RecorderProtocol.GapRecorded>> ListGapsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<RecorderProtocol.GapRecorded>>(
            reader => RecordingQueries.Gaps(reader, recording, from, to), cancellationToken);

    public Task<IReadOnlyList<RecorderProtocol.Marked>> ListMarksAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<RecorderProtocol.Marked>>(reader => RecordingQueries.Marks(reader, recording), cancellationToken);

    public Task<WallNotes> ReadNotesAsync(WallQuery query, CancellationToken cancellationToken) =>
        _connections.ReadAsync(reader => WallQueries.Notes(reader, query), cancellationToken);

    public Task<T> ReadExtentsAsync<T>(WallQuery query, Func<IEnumerable<WallExtent>, T> read, CancellationToken cancellationToken) =>
        _connections.ReadAsync(reader => read(WallQueries.Extents(reader, query)), cancellationToken);

    public Task SetHoldAsync(RecordingKey recording, bool held, CancellationToken cancellationToken) =>
        _connections.WriteAsync(
            durable: true,
            writer => writer.Execute(
                "UPDATE recordings SET held = @held WHERE recorder = @recorder AND recording = @recording",
                new { held = held ? 1 : 0, recorder = recording.Recorder.Value, recording = recording.Recording.Value }),
            cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadEventsAsync(
        long after, RecorderId? recorder, int limit, CancellationToken cancellationToken) =>
        Journal.ReadAsync(after, recorder, limit, cancellationToken);

    public Task<long> LastEventAsync(CancellationToken cancellationToken) => Task.FromResult(Journal.Last);
    public Task WaitForEventsAsync(long after, CancellationToken cancellationToken) => Journal.WaitAsync(after, cancellationToken);

    /// <summary>Passes on the recordings as they are at one entry of the journal, some at a time; writes go on meanwhile. Returns
    /// the number of that entry, and of each recorder's last event.</summary>
    public Task<(long Through, IReadOnlyDictionary<RecorderId, long> Sequences)> CopyAsync(
        Func<CatalogueCopy, Task> take, CancellationToken cancellationToken) =>
        _connections.ReadSnapshotAsync(
            async reader =>
            {
                var through = Journal.LastIn(reader);
                IReadOnlyDictionary<RecorderId, long> sequences = RecorderSequences.All(reader);
                RecordingKey? after = null;
                while (CatalogueCopy.Read(reader, _recordings, after) is { Recordings: [.., var last] } copy)
                {
                    await take(copy).ConfigureAwait(false);
                    cancellationToken.ThrowIfCancellationRequested();
                    after = last.Key;
                }

                return (through, sequences);
            },
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await Journal.CloseAsync().ConfigureAwait(false);
            await _connections.DisposeAsync().ConfigureAwait(false);
        }
    }

    private RecorderDefinition Decrypt(string json) => EncryptedDefinition.Read(json, _cipher);
}
