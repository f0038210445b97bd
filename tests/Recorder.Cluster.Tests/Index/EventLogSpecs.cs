using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Cluster.Events;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Integration.Tests.Harness;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests.Index;

/// <summary>The events of all nodes as each node has them, and as readers get them from it.</summary>
public sealed class EventLogSpecs : IDisposable
{
    private static readonly RecorderId Cam = new("cam");
    private static readonly EventTenure First = new(1, "n1", "00000000000000a1");
    private static readonly EventTenure Second = new(2, "n2", "00000000000000b2");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nodes_that_know_the_same_journals_tell_the_same_history_from_any_position(int seed)
    {
        var random = new Random(seed);
        await using var nodes = await RandomHistory.WriteAsync(_folder, random);
        await using var x = await IndexedNode.OpenIndexAsync("x", _folder.File("x"));
        await using var y = await IndexedNode.OpenIndexAsync("y", _folder.File("y"));
        await nodes.FeedAsync(x, random);
        await nodes.FeedAsync(y, random);

        var told = await ReadAsync(x, LogPosition.Empty);
        told.ShouldNotBeEmpty();
        (await ReadAsync(y, LogPosition.Empty)).ShouldBe(told);
        foreach (var recorder in nodes.Expected.Keys)
        {
            told.Where(item => item.Json.Contains($"\"recorder\":\"{recorder}\"", StringComparison.Ordinal)).Select(item => item.Json)
                .ShouldBe(nodes.Expected[recorder].Select(raised => ProtocolJson.Write(raised)), $"seed {seed}, {recorder}");
            (await ReadAsync(y, LogPosition.Empty, recorder)).ShouldBe(await ReadAsync(x, LogPosition.Empty, recorder));
        }

        // A reader goes on at the other node, wherever it was.
        for (var tries = 0; tries < 5; tries++)
        {
            var at = random.Next(told.Count);
            (await ReadAsync(tries % 2 == 0 ? y : x, LogPosition.Read(told[at].Position)!)).ShouldBe(told[(at + 1)..], $"seed {seed}, after {told[at]}");
        }

        nodes.CheckLive(x.Log.ReadLive(0, int.MaxValue)!);
        nodes.CheckLive(y.Log.ReadLive(0, int.MaxValue)!);
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("RECORDER_LOG_SEEDS") ?? "12", System.Globalization.CultureInfo.InvariantCulture)), Random.Shared.Next()];

    [Fact]
    public async Task A_reader_of_now_gets_what_comes_and_another_goes_on_where_it_was()
    {
        await using var a = await IndexedNode.OpenAsync("n1", _folder.File("n1"));
        await a.FollowAsync();
        var reader = new EventLogReader(a.Index.Log, null, TimeProvider.System);
        reader.BeginNow();
        await a.RaiseAsync(Paused(1, First), Paused(2, First));
        await a.FollowAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await using var items = reader.ReadAsync(TimeSpan.FromSeconds(5), limit.Token).GetAsyncEnumerator(limit.Token);

        (await items.MoveNextAsync()).ShouldBeTrue();
        var told = items.Current.OfType<LogItem.Told>().ToList();
        told.Select(item => item.Event.Number.Number).ShouldBe([1, 2]);
        a.Index.Log.HasReaders.ShouldBeTrue();
        (await ReadAsync(a.Index, told[0].Position)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_log_outlasts_its_node_and_a_reader_is_told_where_it_begins()
    {
        await using (var a = await IndexedNode.OpenAsync("n1", _folder.File("n1")))
        {
            await a.RaiseAsync(Enumerable.Range(1, 5).Select(number => Paused(number, First)));
            await a.FollowAsync();
            await a.RaiseAsync(Enumerable.Range(6, 5).Select(number => Paused(number, First)));
            await a.FollowAsync();
        }

        await using var again = await IndexedNode.OpenIndexAsync("n1", _folder.File("n1"));
        (await ReadAsync(again, LogPosition.Read("n1:7")!)).Count.ShouldBe(3);
        // The harness fills no log from before a snapshot.
        var items = await ReadItemsAsync(again, LogPosition.Read("n1:2")!, null);
        items.OfType<LogItem.Lagged>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            lagged => lagged.Node.ShouldBe("n1"), lagged => lagged.From.ShouldBe(3), lagged => lagged.To.ShouldBe(5));
        items.OfType<LogItem.Told>().Count().ShouldBe(5);
    }

    [Fact]
    public async Task Who_reads_while_entries_are_left_out_is_told_so()
    {
        await using var a = await IndexedNode.OpenAsync("n1", _folder.File("n1"), journalEntries: 100);
        await using var b = await IndexedNode.OpenIndexAsync("n2", _folder.File("n2"));
        await a.RaiseAsync(Enumerable.Range(1, 5).Select(number => Paused(number, First)));
        await b.CopyAsync("n1", new FromTheBeginning(a.Journal), default);
        await using (var follower = new JournalFollower("n1", a.Journal, b, NullLogger.Instance, TimeProvider.System))
            await follower.WaitAsync(a.Journal.Position, default).WaitAsync(TimeSpan.FromSeconds(20));

        var reader = new EventLogReader(b.Log, null, TimeProvider.System);
        reader.BeginNow();
        for (var number = 6; number < 3_000; number += 500)
            await a.RaiseAsync(Enumerable.Range(number, 500).Select(one => Paused(one, First)));

        await using (var follower = new JournalFollower("n1", a.Journal, b, NullLogger.Instance, TimeProvider.System))
        {
            await follower.WaitAsync(a.Journal.Position, default).WaitAsync(TimeSpan.FromSeconds(20));
            while (b.Log.ReadState().IsFilling)
                await Task.Delay(10);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await using var items = reader.ReadAsync(TimeSpan.FromSeconds(5), limit.Token).GetAsyncEnumerator(limit.Token);
        (await items.MoveNextAsync()).ShouldBeTrue();
        var lagged = items.Current[0].ShouldBeOfType<LogItem.Lagged>();
        (lagged.Node, lagged.From).ShouldBe(("n1", 6L));
        lagged.To.ShouldBeGreaterThan(100);
        lagged.Position.ToString().ShouldBe($"n1:{lagged.To}");
    }

    [Fact]
    public async Task A_follower_fills_the_log_with_what_was_before_its_snapshot()
    {
        await using var a = await IndexedNode.OpenAsync("n1", _folder.File("n1"));
        await using var b = await IndexedNode.OpenAsync("n2", _folder.File("n2"));
        await a.RaiseAsync(Enumerable.Range(1, 50).Select(number => Paused(number, First)));
        await using var followers = b.FollowAll(a);
        followers.SetNodes([("n1", new Uri("http://n1/"), "1")]);
        var follower = followers.Others.Single().Value;
        await follower.WaitAsync(a.Journal.Position, default).WaitAsync(TimeSpan.FromSeconds(20));
        await b.RaiseAsync(Paused(51, Second) with { Before = new EventBefore(First, 50, true) });
        await followers.FlushAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
        while (b.Index.Log.ExtentOf("n1") is not { Last: >= 50 })
            await Task.Delay(10);

        var told = await ReadAsync(b.Index, LogPosition.Empty);
        told.Count.ShouldBe(51);
        told[^1].Position.ShouldBe("n1:50,n2:1");
        b.Index.Log.FindBefore(Cam, EventNumbers.TenureOf(Second)).ShouldBe(new EventNumber(EventNumbers.TenureOf(First), 50));
    }

    [Fact]
    public async Task A_file_of_the_version_before_goes_on_and_its_log_begins_where_it_was()
    {
        await using (var a = await IndexedNode.OpenAsync("n1", _folder.File("n1")))
        {
            await a.RaiseAsync(Paused(1, First), Paused(2, First));
            await a.FollowAsync();
            a.Query(
                """
                DROP TABLE events; DROP TABLE tenures; DROP TABLE logs; ALTER TABLE gaps DROP COLUMN node; DROP INDEX extents_by_tenure;
                PRAGMA user_version = 1;
                """);
        }

        await using var again = await IndexedNode.OpenAsync("n1", _folder.File("n1"));
        await again.RaiseAsync(Paused(3, First));
        await again.FollowAsync();

        again.Index.Log.ExtentOf("n1")!.Value.Missing.ShouldBeGreaterThanOrEqualTo(2);
        (await ReadAsync(again.Index, LogPosition.Empty)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_late_is_found_until_it_was_summed_up_and_never_again()
    {
        await using var a = await IndexedNode.OpenAsync("n1", _folder.File("n1"));
        await using (var b = await IndexedNode.OpenAsync("n2", _folder.File("n2")))
        {
            await a.RaiseAsync(Enumerable.Range(1, 5).Select(number => Paused(number, First)));
            await b.RaiseAsync(Paused(2_000_001, Second) with { Before = new EventBefore(First, 3, false) });
            await b.Index.CopyAsync("n2", new FromTheBeginning(b.Journal), default);
            await b.FollowAsync();
            await b.Index.CopyAsync("n1", new FromTheBeginning(a.Journal), default);
            await b.FollowAsync(a);
            b.Index.Log.TakeChanged().ShouldBe([Cam]);
            b.Index.Log.FindUntoldLate(Cam).ShouldBe([new EventRange(EventNumbers.TenureOf(First), 4, 5)]);

            await b.RaiseAsync(new LateMedia(Cam, 2_000_002, CamEvents.T0, First, 4, 5) { Tenure = Second });
            await b.FollowAsync();
            b.Index.Log.FindUntoldLate(Cam).ShouldBeEmpty();
        }

        await using var again = await IndexedNode.OpenAsync("n2", _folder.File("n2"));
        again.Index.Log.FindUntoldLate(Cam).ShouldBeEmpty();
        await a.RaiseAsync(Paused(6, First));
        await again.FollowAsync(a);
        again.Index.Log.FindUntoldLate(Cam).ShouldBe([new EventRange(EventNumbers.TenureOf(First), 6, 6)]);
    }

    private static Paused Paused(long number, EventTenure tenure) => new(Cam, number, CamEvents.T0.AddSeconds(number)) { Tenure = tenure };

    private static async Task<List<(string Json, string Position)>> ReadAsync(ClusterIndex index, LogPosition from, string? recorder = null) =>
    [
        .. (await ReadItemsAsync(index, from, recorder)).OfType<LogItem.Told>()
            .Select(told => (Encoding.UTF8.GetString(told.Event.Json), told.Position.ToString())),
    ];

    // Until the reader has caught up.
    private static async Task<List<LogItem>> ReadItemsAsync(ClusterIndex index, LogPosition from, string? recorder)
    {
        var reader = new EventLogReader(index.Log, recorder is null ? null : new RecorderId(recorder), TimeProvider.System);
        reader.Begin(from);
        var items = new List<LogItem>();
        await foreach (var page in reader.ReadAsync(TimeSpan.FromMilliseconds(1), default))
        {
            if (page.Count == 0)
                break;

            items.AddRange(page);
        }

        return items;
    }
}
