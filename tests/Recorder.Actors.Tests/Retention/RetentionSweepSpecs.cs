using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Retention;
using Recorder.Actors.Storage;
using Recorder.Actors.Tests.Catalogue;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Retention;

/// <summary>
/// Sweeps over recordings with extents of ten seconds and a thousand bytes, in real files and a real catalogue.
/// </summary>
public sealed class RetentionSweepSpecs : CatalogueFile
{
    private static readonly RecorderId Other = new("other");
    private static readonly RecordingId Second = new("20260102T000000.000Z-2");
    private readonly Dictionary<RecorderId, RetentionPolicy> _policies = [];
    private readonly SettableTime _time = new(T0);
    private readonly NodeClock _clock;
    private RetentionOptions _options = new() { Space = _ => (1L << 40, 1L << 41) };
    private long _sequence;

    public RetentionSweepSpecs()
    {
        _clock = new NodeClock(_time, machine: _time.Machine());
        Options = new CatalogueOptions { Clock = _clock };
    }

    [Fact]
    public async Task Extents_older_than_the_age_are_deleted_and_the_others_stay()
    {
        await RecordAsync(Cam, First, extents: 5);
        _policies[Cam] = new RetentionPolicy(MaxAge: TimeSpan.FromSeconds(60));
        _time.Pass(TimeSpan.FromSeconds(60 + 30.5));
        (await SweepAsync()).ShouldBe(3);

        (await NumbersAsync(Cam, First)).ShouldBe([4, 5]);
        Files(Cam, First).ShouldBe(["000004.mp4", "000005.mp4", "recording.json"]);
    }

    [Fact]
    public async Task Excess_bytes_of_a_recorder_are_deleted_oldest_first_over_its_recordings()
    {
        await RecordAsync(Cam, First, extents: 3);
        await RecordAsync(Cam, Second, extents: 3);
        await RecordAsync(Other, First, extents: 3);
        _policies[Cam] = new RetentionPolicy(MaxBytes: 2000);
        (await SweepAsync()).ShouldBe(4);

        Directory.Exists(Folder(Cam, First)).ShouldBeFalse();
        (await Catalogue.FindRecordingAsync(Key(), default)).ShouldBeNull();
        (await NumbersAsync(Cam, Second)).ShouldBe([2, 3]);
        (await NumbersAsync(Other, First)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task The_extent_that_is_being_written_stays()
    {
        await RecordAsync(Cam, First, extents: 3, ends: false);
        _policies[Cam] = new RetentionPolicy(TimeSpan.FromSeconds(1), 1);
        _time.Pass(TimeSpan.FromDays(400));
        await SweepAsync();

        (await NumbersAsync(Cam, First)).ShouldBe([3]);
        Files(Cam, First).ShouldContain("000003.mp4");
    }

    [Fact]
    public async Task A_recording_on_hold_stays_until_the_hold_is_removed()
    {
        await RecordAsync(Cam, First, extents: 2);
        await RecordAsync(Cam, Second, extents: 2);
        await Catalogue.SetHoldAsync(Key(), held: true, default);
        _policies[Cam] = new RetentionPolicy(MaxBytes: 1);
        await SweepAsync();
        (await NumbersAsync(Cam, First)).ShouldBe([1, 2]);
        Directory.Exists(Folder(Cam, Second)).ShouldBeFalse();

        await Catalogue.SetHoldAsync(Key(), held: false, default);
        await SweepAsync();
        Directory.Exists(Folder(Cam, First)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_full_volume_loses_the_oldest_extents_of_all_recorders_and_no_more_than_needed()
    {
        _time.Pass(TimeSpan.FromDays(2));
        await RecordAsync(Other, Second, extents: 3, from: TimeSpan.FromDays(1));
        await RecordAsync(Cam, First, extents: 3);
        _options = _options with { MinimumFree = 10_000, Space = _ => (8_000 + (Removed() * 1000), 100_000) };
        await SweepAsync();

        (await NumbersAsync(Cam, First)).ShouldBe([3]);
        (await NumbersAsync(Other, Second)).ShouldBe([1, 2, 3]);

        long Removed() => 6 - Directory.GetFiles(Root, "*.mp4", SearchOption.AllDirectories).Length;
    }

    [Fact]
    public async Task No_recording_is_deleted_because_of_the_temporary_files_of_exports()
    {
        await RecordAsync(Cam, First, extents: 3);
        _options = _options with { MinimumFree = 10_000, Space = _ => (8_000, 100_000), TemporaryBytes = () => 2_000 };
        (await SweepAsync()).ShouldBe(0);

        _options = _options with { Space = _ => (8_000 + (Removed() * 1000), 100_000), TemporaryBytes = () => 1_000 };
        (await SweepAsync()).ShouldBe(1);

        long Removed() => 3 - Directory.GetFiles(Root, "*.mp4", SearchOption.AllDirectories).Length;
    }

    [Fact]
    public void A_gibibyte_stays_free_or_a_twentieth_of_a_small_volume()
    {
        new RetentionOptions().MinimumFreeOf(1L << 40).ShouldBe(1L << 30);
        new RetentionOptions().MinimumFreeOf(64 << 20).ShouldBe((64 << 20) / 20);
    }

    [Fact]
    public async Task An_extent_that_cannot_be_deleted_is_hidden_from_readers_and_retried()
    {
        await RecordAsync(Cam, First, extents: 2);
        var path = Path.Combine(Folder(Cam, First), "000001.mp4");
        File.Delete(path);
        Directory.CreateDirectory(path);
        _policies[Cam] = new RetentionPolicy(MaxBytes: 1000);
        (await SweepAsync()).ShouldBe(0);
        (await NumbersAsync(Cam, First)).ShouldBe([2]);

        Directory.Delete(path);
        await File.WriteAllBytesAsync(path, new byte[1000]);
        await ReopenAsync();
        (await SweepAsync()).ShouldBe(1);
        File.Exists(path).ShouldBeFalse();
        (await Catalogue.Retention.ListDeletedAsync(10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deletion_interrupted_after_any_step_is_finished_by_the_next_sweep()
    {
        await RecordAsync(Cam, First, extents: 3);
        var extents = await Catalogue.Retention.ListRemovableAsync(Cam, 2, default);
        await Catalogue.Retention.MarkDeletedAsync(extents, default);
        File.Delete(extents[0].Extent.Path);
        await ReopenAsync();
        (await SweepAsync()).ShouldBe(2);

        Files(Cam, First).ShouldBe(["000003.mp4", "recording.json"]);
        (await Catalogue.Retention.ListUsageAsync(default)).ShouldHaveSingleItem().Bytes.ShouldBe(1000);
    }

    [Fact]
    public async Task A_reader_of_a_deleted_extent_reads_on()
    {
        await RecordAsync(Cam, First, extents: 1);
        await using var reading = File.OpenRead((await Catalogue.ListExtentsAsync(Key(), null, null, default))[0].Path);
        _policies[Cam] = new RetentionPolicy(MaxBytes: 1);
        (await SweepAsync()).ShouldBe(1);

        Directory.Exists(Folder(Cam, First)).ShouldBeFalse();
        (await reading.ReadAsync(new byte[2000])).ShouldBe(1000);
    }

    [Fact]
    public async Task Gaps_and_marks_are_deleted_with_their_extents()
    {
        await RecordAsync(Cam, First, extents: 3, ends: false);
        await AppendAsync(Gap(++_sequence, 5), Gap(++_sequence, 25));
        await AppendAsync(new RecorderProtocol.Marked(Cam, ++_sequence, T0, First, TimeSpan.FromSeconds(3), "early"));
        _policies[Cam] = new RetentionPolicy(MaxBytes: 2000);
        await SweepAsync();

        (await Catalogue.ListGapsAsync(Key(), null, null, default)).ShouldHaveSingleItem().MediaTime.TotalSeconds.ShouldBe(25);
        (await Catalogue.ListMarksAsync(Key(), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Index_segments_are_deleted_with_the_last_extent_they_describe()
    {
        await RecordAsync(Cam, First, extents: 4, ends: false);
        foreach (var segment in new[] { "index.jsonl", "index.000003.jsonl" })
            await File.WriteAllTextAsync(Path.Combine(Folder(Cam, First), segment), "");

        _policies[Cam] = new RetentionPolicy(MaxBytes: 3000);
        await SweepAsync();
        Files(Cam, First).ShouldContain("index.jsonl");
        _policies[Cam] = new RetentionPolicy(MaxBytes: 2000);
        await SweepAsync();

        Files(Cam, First).ShouldBe(["000003.mp4", "000004.mp4", "index.000003.jsonl", "recording.json"]);
    }

    [Fact]
    public async Task Recordings_without_media_of_an_earlier_version_are_forgotten()
    {
        await AppendAsync(Start(1));
        await using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            await connection.ExecuteAsync("UPDATE recordings SET ended_at = @ended", new { ended = T0.UtcTicks });
        }

        (await Catalogue.FindRecordingAsync(Key(), default)).ShouldNotBeNull();
        await SweepAsync();

        (await Catalogue.FindRecordingAsync(Key(), default)).ShouldBeNull();
    }

    private Task<int> SweepAsync() => new RetentionSweep(
        Catalogue.Retention, Definitions, Root, _options, _clock, LocalDisk.Instance, NullLogger.Instance).RunAsync(default);

    private Task<IReadOnlyList<RecorderDefinition>> Definitions(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RecorderDefinition>>([.. _policies.Select(policy =>
            new RecorderDefinition { Id = policy.Key, Source = "test:", Options = new(), Retention = policy.Value })]);

    private async Task RecordAsync(RecorderId recorder, RecordingId recording, int extents, bool ends = true, TimeSpan from = default)
    {
        var folder = Directory.CreateDirectory(Folder(recorder, recording)).FullName;
        var description = new RecordingDescription
        {
            Recorder = recorder.Value,
            Recording = recording.Value,
            Source = "test:",
            Node = "n",
            StartedAt = T0,
            StopReason = ends ? nameof(StopReason.Requested) : null,
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, "recording.json"), StorageJson.Document(description));
        for (var number = 1; number <= extents; number++)
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{number:D6}.mp4"), new byte[1000]);

        await AppendAsync(Start(++_sequence, recorder, recording));
        await AppendAsync(Enumerable.Range(1, extents * 10).Select(number => Data(++_sequence, number, recorder, recording))
            .Select(data => data with { Data = data.Data with { CapturedAt = data.Data.CapturedAt + from } }).ToList());
        if (ends)
            await AppendAsync(new RecorderProtocol.Stopped(recorder, ++_sequence, T0, recording, StopReason.Requested) { Blobs = extents * 10 });
    }

    private string Folder(RecorderId recorder, RecordingId recording) => Path.Combine(Root, recorder.Value, recording.Value);

    private IEnumerable<string> Files(RecorderId recorder, RecordingId recording) =>
        Directory.GetFiles(Folder(recorder, recording)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private async Task<IEnumerable<int>> NumbersAsync(RecorderId recorder, RecordingId recording) =>
        (await Catalogue.ListExtentsAsync(Key(recorder, recording), null, null, default)).Select(extent => extent.Number);
}
