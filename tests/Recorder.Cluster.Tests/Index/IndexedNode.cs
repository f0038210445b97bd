using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests.Index;

/// <summary>A node's catalogue, journal and index in a folder; it follows others directly, without HTTP.</summary>
internal sealed class IndexedNode : IAsyncDisposable
{
    private readonly string _folder;

    private IndexedNode(string name, string folder, SqlCatalogue catalogue, ClusterIndex index, OwnJournal journal)
    {
        (Name, _folder, Catalogue, Index, Journal) = (name, folder, catalogue, index, journal);
        Shared = SqlCatalogue.CreateShared(index.Database, new CatalogueOptions { Root = folder });
    }

    public string Name { get; }
    public SqlCatalogue Catalogue { get; }
    public ClusterIndex Index { get; }
    public OwnJournal Journal { get; }
    public SqlCatalogue Shared { get; }

    public static async Task<IndexedNode> OpenAsync(string name, string folder, int journalEntries = 100_000)
    {
        Directory.CreateDirectory(folder);
        var catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(Path.Combine(folder, "catalogue.db")), new CatalogueOptions { JournalEntries = journalEntries, Root = folder },
            NoCipher.Instance, default);
        var index = await OpenIndexAsync(name, folder);
        var journal = await OwnJournal.OpenAsync(catalogue, index, StartId.Draw(), TimeProvider.System, default);
        return new IndexedNode(name, folder, catalogue, index, journal);
    }

    public static Task<ClusterIndex> OpenIndexAsync(string name, string folder) =>
        ClusterIndex.OpenAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, "cluster.db"), name, TimeProvider.System, default);

    public Task<long> RaiseAsync(params IEnumerable<IEvent> events) => Catalogue.Journal.AppendAsync([.. events], null, default);

    /// <summary>Applies everything that a node has (null: this one) and this one does not; returns how many steps were snapshots.</summary>
    public async Task<int> FollowAsync(IndexedNode? other = null, int limit = 4_000)
    {
        var source = other ?? this;
        var snapshots = 0;
        while (true)
        {
            var position = await Index.PositionAsync(source.Name, default);
            if (position == source.Journal.Position)
                return snapshots;

            var answer = await source.Journal.ReadAsync(position, limit, default);
            if (answer.Position is not null)
            {
                (await Index.ApplyAsync(source.Name, position!.Value, answer, default)).ShouldBeTrue();
                continue;
            }

            snapshots++;
            await Index.CopyAsync(source.Name, source.Journal, default);
        }
    }

    public JournalFollowers FollowAll(params IndexedNode[] others) => new(
        Name, Journal, Index, (node, _) => others.Single(other => other.Name == node).Journal, NullLogger.Instance, TimeProvider.System);

    public IReadOnlyList<object[]> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "cluster.db")}");
        return [.. connection.Query(sql).Select(row => ((IDictionary<string, object>)row).Values.ToArray())];
    }

    public async ValueTask DisposeAsync()
    {
        await Shared.DisposeAsync();
        await Index.DisposeAsync();
        await Catalogue.DisposeAsync();
    }
}

/// <summary>Events of one recorder: a blob is a second and 100 bytes, ten to an extent.</summary>
internal static class CamEvents
{
    public static readonly RecorderId Cam = new("cam");
    public static readonly RecordingId Recording = new("20260101T000000.000Z-1");
    public static readonly RecordingKey Key = new(Cam, Recording);
    public static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Started Started(long sequence) => new(Cam, sequence, T0, Recording, "video/mp4");

    public static Stopped Stopped(long sequence, StopReason reason = StopReason.Requested, long blobs = 1) =>
        new(Cam, sequence, T0.AddHours(1), Recording, reason) { Blobs = blobs, Bytes = blobs * 100 };

    /// <summary>Blobs of an extent each ten, numbered from one on as their events.</summary>
    public static IEnumerable<IEvent> Blobs(long firstSequence, int first, int count, int epoch = 0) =>
        Enumerable.Range(first, count).Select(number => Data(firstSequence + number - first, number, epoch));

    public static DataAvailable Data(long sequence, long number, int epoch = 0, int? extent = null)
    {
        var time = TimeSpan.FromSeconds(number - 1);
        var file = extent ?? (int)((number - 1) / 10) + 1;
        return new DataAvailable(
            Cam, sequence, T0 + time,
            new Blob
            {
                Recording = Recording,
                Number = number,
                Extent = file,
                Path = $"/elsewhere/{Cam}/{Recording}/{file:D6}.mp4",
                Offset = (number - 1) % 10 * 100,
                Length = 100,
                Type = "video/mp4",
                MediaTime = time,
                Duration = TimeSpan.FromSeconds(1),
                CapturedAt = T0 + time,
                StartsWithKeyFrame = true,
                Crc32C = 1,
                Epoch = epoch,
            },
            time);
    }

    public static GapRecorded Gap(long sequence) => new(Cam, sequence, T0, Recording, GapCause.SourceLost)
    {
        MediaTime = TimeSpan.FromSeconds(5),
        From = T0,
        To = T0,
        Detail = "The camera was away.",
    };

    public static Marked Mark(long sequence) => new(Cam, sequence, T0, Recording, TimeSpan.FromSeconds(7), "goal");
}
