using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Retention;
using Recorder.Actors.Storage;
using Recorder.Actors.Tests.Catalogue;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Retention;

/// <summary>
/// Retention while the clock jumps: recordings with one extent of a thousand bytes and ten seconds, in real files and a real
/// catalogue.
/// </summary>
public sealed class ClockRetentionSpecs : CatalogueFile
{
    private static readonly DateTimeOffset Unset = new(1970, 1, 1, 0, 0, 30, TimeSpan.Zero);
    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(730);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SettableTime _time = new(T0);
    private NodeClock _clock;
    private RetentionOptions _options = new() { Space = _ => (1L << 40, 1L << 41) };
    private RetentionPolicy _policy = new(MaxAge: TimeSpan.FromDays(30));
    private long _sequence;

    public ClockRetentionSpecs()
    {
        _clock = new NodeClock(_time, machine: _time.Machine());
        Options = new CatalogueOptions { Clock = _clock, JournalAge = TimeSpan.FromDays(7) };
    }

    [Fact]
    public async Task Two_years_ahead_for_75_seconds_remove_nothing()
    {
        var recordings = new List<RecordingId>();
        for (var number = 0; number < 3; number++)
        {
            recordings.Add(await RecordAsync());
            _time.Pass(Hour);
        }

        _time.Set(TwoYears);
        for (var sweep = 0; sweep < 5; sweep++)
        {
            (await SweepAsync()).ShouldBe(0);
            _time.Pass(TimeSpan.FromSeconds(15));
        }

        recordings.Add(await RecordAsync());
        _time.Set(-TwoYears);
        recordings.Add(await RecordAsync());
        (await SweepAsync()).ShouldBe(0);
        (await KeptAsync()).ShouldBe(recordings, ignoreOrder: true);

        // Thirty days later each is deleted at its time, even one with a capture time two years ahead.
        _time.Pass(TimeSpan.FromDays(30) - (1.5 * Hour));
        (await SweepAsync()).ShouldBe(2);
        _time.Pass(2 * Hour);
        (await SweepAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task The_oldest_is_deleted_by_bytes_while_the_clock_is_wrong_whatever_the_recordings_are_named()
    {
        _policy = new RetentionPolicy(TimeSpan.FromDays(30), MaxBytes: 2000);
        var first = await RecordAsync();
        _time.Pass(Hour);
        _time.Set(TwoYears);
        var second = await RecordAsync();
        _time.Pass(Hour);
        _time.Set(-2 * TwoYears);
        var third = await RecordAsync();
        (await SweepAsync()).ShouldBe(1);
        (await KeptAsync()).ShouldBe([second, third], ignoreOrder: true);
        _time.Set(TwoYears);
        _time.Pass(Hour);
        var fourth = await RecordAsync();
        (await SweepAsync()).ShouldBe(1);

        (await KeptAsync()).ShouldBe([third, fourth], ignoreOrder: true);
        File.Exists(PathOf(first)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_full_volume_loses_the_oldest_while_the_clock_is_wrong()
    {
        _time.Set(TwoYears);
        var first = await RecordAsync();
        _time.Pass(Hour);
        _time.Set(-TwoYears);
        var second = await RecordAsync();
        _options = _options with { MinimumFree = 10_000, Space = _ => (9_500 + (Removed() * 1000), 100_000) };
        (await SweepAsync()).ShouldBe(1);

        (await KeptAsync()).ShouldBe([second]);
        File.Exists(PathOf(first)).ShouldBeFalse();

        long Removed() => 2 - Directory.GetFiles(Root, "*.mp4", SearchOption.AllDirectories).Length;
    }

    [Fact]
    public async Task Room_is_made_on_a_volume_too_full_to_store_the_clock()
    {
        await RecordAsync();
        _policy = new RetentionPolicy(MaxBytes: 1);
        var full = new FullVolume(Catalogue.Retention);
        (await new RetentionSweep(full, Definitions, Root, _options, _clock, LocalDisk.Instance, NullLogger.Instance).RunAsync(default)).ShouldBe(1);
    }

    [Fact]
    public async Task Trusting_the_clock_resumes_deletion_by_age_and_deletes_nothing_that_is_not_old()
    {
        var first = await RecordAsync();
        _time.Pass(TimeSpan.FromDays(29));
        var second = await RecordAsync();
        _time.Set(TwoYears);
        (await SweepAsync()).ShouldBe(0);
        _clock.Trust(countsOffTime: false).ShouldNotBeNull();
        (await SweepAsync()).ShouldBe(0);
        var third = await RecordAsync();
        _time.Pass(TimeSpan.FromDays(2));
        (await SweepAsync()).ShouldBe(1);

        (await KeptAsync()).ShouldBe([second, third], ignoreOrder: true);
        File.Exists(PathOf(first)).ShouldBeFalse();
    }

    [Fact]
    public async Task Trusting_the_clock_survives_a_power_cut_with_its_effects()
    {
        await RecordAsync();
        _time.Set(TwoYears);
        _clock.Trust(countsOffTime: false).ShouldNotBeNull();
        await Catalogue.Clock.KeepAsync(_clock, default);
        _time.Boot(_time.Now + Hour);
        await RestartAsync();

        _clock.ReadClocks().IsTrusted.ShouldBeTrue();
        (await SweepAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_node_that_was_off_for_long_deletes_by_age_only_after_the_operator_trusts_the_clock()
    {
        var old = await RecordAsync();
        await Catalogue.Clock.KeepAsync(_clock, default);
        _time.Boot(T0 + TimeSpan.FromDays(60));
        await RestartAsync();
        var young = await RecordAsync();
        (await SweepAsync()).ShouldBe(0);
        _clock.Trust(countsOffTime: true).ShouldNotBeNull();
        (await SweepAsync()).ShouldBe(1);

        (await KeptAsync()).ShouldBe([young]);
        File.Exists(PathOf(old)).ShouldBeFalse();
    }

    [Fact]
    public async Task Recordings_made_before_the_clock_was_set_keep_their_age()
    {
        _time.Boot(Unset);
        await RestartAsync(forgetting: true);
        var first = await RecordAsync();
        _time.Pass(TimeSpan.FromMinutes(3));
        _time.SetTo(T0);
        (await SweepAsync()).ShouldBe(0);
        // At the next start the node knows the time roughly, so new recordings are not stamped 1970.
        await Catalogue.Clock.KeepAsync(_clock, default);
        _time.Boot(Unset);
        await RestartAsync();
        var second = await RecordAsync();
        (await SweepAsync()).ShouldBe(0);
        _time.SetTo(T0 + Hour);
        (await SweepAsync()).ShouldBe(0);
        (await KeptAsync()).ShouldBe([first, second], ignoreOrder: true);

        _time.Pass(TimeSpan.FromDays(30) - (Hour / 2));
        (await SweepAsync()).ShouldBe(1);
        (await KeptAsync()).ShouldBe([second]);
        _time.Pass(Hour);
        (await SweepAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_catalogue_without_a_stored_clock_uses_its_newest_time()
    {
        await RecordAsync();
        _time.Boot(T0 + TwoYears);
        await RestartAsync(forgetting: true);
        _clock.ReadClocks().IsTrusted.ShouldBeFalse();
        (await SweepAsync()).ShouldBe(0);

        // The last write to the folder is newer than the catalogue.
        await ForgetClockAsync();
        await Catalogue.Clock.BeginAsync(T0 + TwoYears - Hour, default);
        _clock.ReadClocks().IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public async Task Recordings_stamped_1970_before_the_clock_was_checked_keep_their_age()
    {
        var recording = await RecordAsync(capturedAt: Unset);
        using (var connection = CatalogueCheck.Open(Database))
        {
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE extents SET recorded = NULL";
            command.ExecuteNonQuery();
        }

        await RestartAsync(forgetting: true);
        (await SweepAsync()).ShouldBe(0);

        (await KeptAsync()).ShouldBe([recording]);
    }

    [Fact]
    public async Task Idempotent_answers_are_kept_while_the_clock_is_wrong_and_no_longer_than_a_day()
    {
        await Catalogue.Answers.KeepAnswerAsync("key", new KeptAnswer("request", 200, "{}"), default);
        _time.Set(TwoYears);
        await Catalogue.Answers.KeepAnswerAsync("other", new KeptAnswer("request", 200, "{}"), default);
        (await Catalogue.Answers.FindAnswerAsync("key", default)).ShouldNotBeNull();
        _clock.Trust(countsOffTime: false).ShouldNotBeNull();
        await Catalogue.Clock.KeepAsync(_clock, default);
        (await Catalogue.Answers.FindAnswerAsync("key", default)).ShouldNotBeNull();
        _time.Pass(TimeSpan.FromHours(25));

        (await Catalogue.Answers.FindAnswerAsync("key", default)).ShouldBeNull();
        (await Catalogue.Answers.FindAnswerAsync("other", default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_journal_is_not_trimmed_by_age_until_a_jump_is_that_long_ago()
    {
        await AppendAsync(Start(++_sequence));
        _time.Set(TwoYears);
        await FillJournalAsync();
        _time.Set(-TwoYears);
        await FillJournalAsync();
        (await Catalogue.ReadEventsAsync(0, null, 1, default)).ShouldHaveSingleItem();
        _time.Pass(TimeSpan.FromDays(8));
        await FillJournalAsync();

        await Should.ThrowAsync<JournalTruncatedException>(() => Catalogue.ReadEventsAsync(0, null, 1, default));

        Task FillJournalAsync() => AppendAsync(Enumerable.Range(0, 1000).Select(
            _ => (IEvent)new SourceChanged(Cam, ++_sequence, _time.Now, SourceStatus.Connected, "")).ToList());
    }

    private Task<int> SweepAsync() => new RetentionSweep(
        Catalogue.Retention, Definitions, Root, _options, _clock, LocalDisk.Instance, NullLogger.Instance).RunAsync(default);

    private Task<IReadOnlyList<RecorderDefinition>> Definitions(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RecorderDefinition>>([new RecorderDefinition { Id = Cam, Source = "test:", Options = new(), Retention = _policy }]);

    // Recordings are named and stamped by the system clock, like those of a recorder.
    private async Task<RecordingId> RecordAsync(DateTimeOffset? capturedAt = null)
    {
        var at = capturedAt ?? _time.Now;
        var recording = RecordingId.Create(at, _sequence);
        var description = new RecordingDescription
        {
            Recorder = Cam.Value,
            Recording = recording.Value,
            Source = "test:",
            Node = "n",
            StartedAt = at,
            StopReason = nameof(StopReason.Requested),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(recording))!);
        await File.WriteAllBytesAsync(Path.Combine(Root, Cam.Value, recording.Value, "recording.json"), StorageJson.Document(description));
        await File.WriteAllBytesAsync(PathOf(recording), new byte[1000]);
        var blobs = Enumerable.Range(1, 10).Select(number => Data(++_sequence, number, recording: recording))
            .Select(data => data with { Data = data.Data with { CapturedAt = at + (data.Data.CapturedAt - T0) } });
        await AppendAsync([Start(++_sequence, recording: recording) with { At = at }, .. blobs]);
        await AppendAsync(new Stopped(Cam, ++_sequence, at, recording, StopReason.Requested) { Blobs = 10, Bytes = 1000 });
        return recording;
    }

    private string PathOf(RecordingId recording) => Path.Combine(Root, Cam.Value, recording.Value, "000001.mp4");

    private async Task<IEnumerable<RecordingId>> KeptAsync() =>
        (await Catalogue.ListRecordingsAsync(new RecordingQuery(), default)).Select(row => row.Key.Recording).Where(recording => File.Exists(PathOf(recording)));

    private async Task RestartAsync(bool forgetting = false)
    {
        if (forgetting)
            await ForgetClockAsync();

        _clock = new NodeClock(_time, machine: _time.Machine());
        await ReopenAsync(Options with { Clock = _clock });
        await Catalogue.Clock.BeginAsync(null, default);
    }

    private Task ForgetClockAsync()
    {
        using var connection = CatalogueCheck.Open(Database);
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM clock";
        command.ExecuteNonQuery();
        return Task.CompletedTask;
    }

    /// <summary>A store that can mark extents as deleted, but cannot store the clock.</summary>
    private sealed class FullVolume(IRetentionStore store) : IRetentionStore
    {
        public Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken cancellationToken) => store.ListUsageAsync(cancellationToken);

        public Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken cancellationToken) =>
            store.ListRemovableAsync(recorder, limit, cancellationToken);

        public Task<IReadOnlyList<StoredExtent>> ListDeletedAsync(int limit, CancellationToken cancellationToken) => store.ListDeletedAsync(limit, cancellationToken);

        public Task MarkDeletedAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) => store.MarkDeletedAsync(extents, cancellationToken);

        public Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) => store.PurgeAsync(extents, cancellationToken);

        public Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) => store.ForgetEmptyAsync(endedBefore, cancellationToken);

        public Task KeepClockAsync(NodeClock clock, CancellationToken cancellationToken) =>
            Task.FromException(new CatalogueUnavailableException("The volume is full."));
    }
}
