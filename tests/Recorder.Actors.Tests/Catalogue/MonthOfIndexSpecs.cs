using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Retention;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Catalogue;

/// <summary>
/// A catalogue of many days and recorders, with extents of ten minutes and a blob every ten seconds, filled like in a node.
/// <c>bench/month-of-index</c> runs these specs with 30 days of 50 recorders and prints how far below the bounds all results are.
/// </summary>
public sealed class MonthOfIndexSpecs(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int Days = Number("RECORDER_INDEX_DAYS", 2);
    private static readonly int Recorders = Number("RECORDER_INDEX_RECORDERS", 3);
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan ExtentTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BlobTime = TimeSpan.FromSeconds(10);
    private static readonly RecordingId Recording = RecordingId.Create(Begin, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-month-").FullName;
    private SqlCatalogue _catalogue = null!;

    private string Root => Path.Combine(_folder, "recordings");

    public async Task InitializeAsync()
    {
        _catalogue = await OpenAsync();
        for (var number = 0; number < Recorders; number++)
            await RecordAsync(Recorder(number));
    }

    public async Task DisposeAsync()
    {
        await _catalogue.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_days_timeline_the_start_and_retention_stay_within_their_bounds()
    {
        await _catalogue.DisposeAsync();
        var watch = Stopwatch.StartNew();
        _catalogue = await OpenAsync();
        var past = new HistoryFinder(_catalogue, Root, TimeProvider.System);
        foreach (var definition in await _catalogue.ListRecordersAsync(default))
            (await past.FindAsync(definition, default)).Missing.ShouldBeEmpty();

        Check("start-up", watch.Elapsed, TimeSpan.FromSeconds(2));
        var slowest = TimeSpan.Zero;
        for (var number = 0; number < Recorders; number++)
        {
            for (var day = 0; day < Days; day++)
            {
                // The better of two runs, so that other load on the machine does not count.
                var (first, second) = (await TimelineAsync(number, day), await TimelineAsync(number, day));
                slowest = new[] { slowest, first < second ? first : second }.Max();
            }
        }

        Check("slowest timeline of a day", slowest, TimeSpan.FromMilliseconds(50));

        // A day of all recorders is deleted, which may take a day.
        watch.Restart();
        var sweep = new RetentionSweep(
            _catalogue.Retention, _catalogue.ListRecordersAsync, Root, new RetentionOptions(), new NodeClock(new Clock(Begin + TimeSpan.FromDays(Days + 1))),
            LocalDisk.Instance, NullLogger.Instance);
        (await sweep.RunAsync(default)).ShouldBe(144 * Recorders);
        Check("retention of a day of all recorders", watch.Elapsed, TimeSpan.FromMinutes(1));
    }

    private async Task<TimeSpan> TimelineAsync(int recorder, int day)
    {
        var watch = Stopwatch.StartNew();
        var key = new RecordingKey(Recorder(recorder), Recording);
        var (from, to) = (TimeSpan.FromDays(day), TimeSpan.FromDays(day + 1));
        (await _catalogue.ListExtentsAsync(key, from, to, default)).Count.ShouldBe(144);
        (await _catalogue.ListGapsAsync(key, from, to, default)).Count.ShouldBe(24);
        return watch.Elapsed;
    }

    private void Check(string what, TimeSpan took, TimeSpan bound)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {took.TotalMilliseconds:0.0} ms of {bound.TotalMilliseconds:0} ms, {bound / took:0.0} times below its bound ({Days} days of {Recorders} recorders)"));
        took.ShouldBeLessThan(bound);
    }

    private Task<SqlCatalogue> OpenAsync() => SqlCatalogue.OpenAsync(
        new SqliteDatabase(Path.Combine(_folder, "catalogue.db")), new CatalogueOptions { Root = Root }, NoCipher.Instance, default);

    private async Task RecordAsync(RecorderId recorder)
    {
        await _catalogue.PutRecorderAsync(
            new RecorderDefinition
            {
                Id = recorder,
                Source = "test:",
                Options = new RecorderOptions(),
                Retention = new RetentionPolicy(TimeSpan.FromDays(Days) - TimeSpan.FromSeconds(1)),
            },
            default);
        var layout = RecordingLayout.For(new RecordingTarget(Root), recorder, Recording);
        Directory.CreateDirectory(layout.Folder);
        var sequence = 0L;
        for (var day = 0; day < Days; day++)
        {
            // Each day is entered as one change, since its journal would have been trimmed long ago.
            var changes = CatalogueChanges.Of(DayOf(recorder, layout, day));
            await _catalogue.Journal.AppendAsync(day == 0 ? [new Started(recorder, ++sequence, Begin, Recording, "video/mp4")] : [], changes, default);
        }

        await _catalogue.Journal.AppendAsync(
            [new Stopped(recorder, long.MaxValue, Begin + TimeSpan.FromDays(Days), Recording, StopReason.Requested)], null, default);
    }

    private static IEnumerable<IEvent> DayOf(RecorderId recorder, RecordingLayout layout, int day)
    {
        var perExtent = (int)(ExtentTime / BlobTime);
        var perDay = (int)(TimeSpan.FromDays(1) / BlobTime);
        for (var number = day * perDay; number < (day + 1) * perDay; number++)
        {
            var extent = (number / perExtent) + 1;
            var path = layout.Extent(extent, ".mp4");
            if (number % perExtent == 0)
                File.Create(path).Dispose();

            var time = number * BlobTime;
            if (number % (perDay / 24) == 100)
                yield return new GapRecorded(recorder, number, Begin, Recording, GapCause.SourceLost) { MediaTime = time, From = Begin + time, To = Begin + time };

            yield return new DataAvailable(
                recorder, number, Begin,
                new Blob
                {
                    Recording = Recording,
                    Number = number + 1,
                    Extent = extent,
                    Path = path,
                    Offset = number % perExtent * 1_000_000L,
                    Length = 1_000_000,
                    Type = "video/mp4",
                    MediaTime = time,
                    Duration = BlobTime,
                    CapturedAt = Begin + time,
                    StartsWithKeyFrame = true,
                    Crc32C = 1,
                },
                time);
        }
    }

    private static RecorderId Recorder(int number) => new(string.Create(CultureInfo.InvariantCulture, $"camera-{number:00}"));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
