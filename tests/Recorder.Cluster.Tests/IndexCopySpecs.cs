using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Cluster;
using Recorder.Actors.Secrets;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests;

/// <summary>A database that was away for longer than a node's journal reaches back.</summary>
public sealed class IndexCopySpecs : IDisposable
{
    private static readonly RecorderId Cam = new("cam");
    private static readonly RecordingId Recording = new("20260101T000000.000Z-1");
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_the_journal_has_lost_is_copied_from_the_nodes_own_index_and_events_go_on_behind_it()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = new PostgresDatabase(server.Connection);
        database.Migrate();
        var index = new SharedIndex(database, "n1", "folder");
        await using var catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(_folder.File("catalogue.db")), new CatalogueOptions { JournalEntries = 50, Root = _folder.Root }, NoCipher.Instance, default);
        await catalogue.Journal.AppendAsync([new Started(Cam, 1, T0, Recording, "video/mp4"), Data(2, 1)], null, default);
        await ApplyAsync(index, catalogue);
        // The database is away: 2,000 blobs, a gap and a mark; the journal keeps 50.
        await catalogue.Journal.AppendAsync([.. Enumerable.Range(2, 2000).Select(n => Data(n + 1, n)), Gap(2003), new Marked(Cam, 2004, T0, Recording, TimeSpan.FromSeconds(7), "goal")], null, default);
        var position = await index.PositionAsync(default);
        await Should.ThrowAsync<JournalTruncatedException>(() => catalogue.ReadEventsAsync(position!.Value, null, 10, default));

        var through = await index.CopyAsync(catalogue, default);

        through.ShouldBe(await catalogue.LastEventAsync(default));
        await catalogue.Journal.AppendAsync([Data(2005, 2002), new Stopped(Cam, 2006, T0, Recording, StopReason.Requested)], null, default);
        await ApplyAsync(index, catalogue);
        // Taken twice it is the same.
        await index.CopyAsync(catalogue, default);
        (await server.QueryAsync("SELECT bytes, blobs, stored, ended_at IS NOT NULL FROM recordings")).ShouldHaveSingleItem()
            .ShouldBe([200_200L, 2002L, 200_200L, true]);
        (await server.QueryAsync("SELECT COUNT(*), SUM(bytes)::bigint, MAX(last_blob), BOOL_OR(is_late) FROM extents"))[0].ShouldBe([201L, 200_200L, 2002L, false]);
        (await server.QueryAsync("SELECT COUNT(*) FROM gaps"))[0][0].ShouldBe(1L);
        (await server.QueryAsync("SELECT label FROM marks"))[0][0].ShouldBe("goal");
        (await server.QueryAsync("SELECT last FROM sequences"))[0][0].ShouldBe(2006L);
        (await index.PositionAsync(default)).ShouldBe(await catalogue.LastEventAsync(default));
    }

    [Fact]
    public async Task What_ended_without_media_is_in_the_index_no_more()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = new PostgresDatabase(server.Connection);
        database.Migrate();
        var index = new SharedIndex(database, "n1", "folder");
        await index.ApplyAsync(
            [new JournalEntry(1, new Started(Cam, 1, T0, Recording, "video/mp4")), new JournalEntry(2, Gap(2))], _ => new SharedIndex.Tenure(0, 0), default);
        (await server.QueryAsync("SELECT COUNT(*) FROM recordings"))[0][0].ShouldBe(1L, "it is under way");

        await index.ApplyAsync(
            [new JournalEntry(3, new Stopped(Cam, 3, T0, Recording, StopReason.Requested))], _ => new SharedIndex.Tenure(0, 0), default);

        (await server.QueryAsync("SELECT COUNT(*) FROM recordings"))[0][0].ShouldBe(0L);
        (await server.QueryAsync("SELECT COUNT(*) FROM gaps"))[0][0].ShouldBe(0L);
        (await server.QueryAsync("SELECT last FROM sequences"))[0][0].ShouldBe(3L);
    }

    private static async Task ApplyAsync(SharedIndex index, SqlCatalogue catalogue) => await index.ApplyAsync(
        await catalogue.ReadEventsAsync(await index.PositionAsync(default) ?? 0, null, 5000, default), _ => new SharedIndex.Tenure(0, 0), default);

    // A second, 100 bytes; ten to an extent.
    private DataAvailable Data(long sequence, long number)
    {
        var (time, extent) = (TimeSpan.FromSeconds(number - 1), (int)((number - 1) / 10) + 1);
        return new DataAvailable(
            Cam, sequence, T0 + time,
            new Blob
            {
                Recording = Recording,
                Number = number,
                Extent = extent,
                Path = Path.Combine(_folder.Root, Cam.Value, Recording.Value, $"{extent:D6}.mp4"),
                Offset = (number - 1) % 10 * 100,
                Length = 100,
                Type = "video/mp4",
                MediaTime = time,
                Duration = TimeSpan.FromSeconds(1),
                CapturedAt = T0 + time,
                StartsWithKeyFrame = true,
                Crc32C = 1,
            },
            time);
    }

    private static GapRecorded Gap(long sequence) => new(Cam, sequence, T0, Recording, GapCause.SourceLost)
    {
        MediaTime = TimeSpan.FromSeconds(5),
        From = T0,
        To = T0,
        Detail = "The camera was away.",
    };
}
