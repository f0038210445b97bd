using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Catalogue;

public sealed class SqlCatalogueSpecs : CatalogueFile
{
    [Fact]
    public async Task Blobs_become_extents_and_a_recording_adds_them_up()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 15)]);
        await AppendAsync(Blobs(17, 16, 25));

        var extents = await Catalogue.ListExtentsAsync(Key(), null, null, default);
        extents.Select(extent => (extent.Number, extent.Bytes, extent.FirstBlob, extent.LastBlob, extent.MediaTime.TotalSeconds, extent.Duration.TotalSeconds))
            .ShouldBe([(1, 1000, 1, 10, 0, 10), (2, 1000, 11, 20, 10, 10), (3, 500, 21, 25, 20, 5)]);
        extents[1].Path.ShouldBe(System.IO.Path.Combine(Root, "cam", First.Value, "000002.mp4"));
        extents[1].CapturedAt.ShouldBe(T0 + TimeSpan.FromSeconds(10));
        var recording = (await Catalogue.FindRecordingAsync(Key(), default)).ShouldNotBeNull();
        (recording.Bytes, recording.Blobs, recording.Duration.TotalSeconds, recording.EndedAt).ShouldBe((2500, 25, 25, null));
    }

    [Fact]
    public async Task Only_extents_and_gaps_that_touch_the_interval_are_listed()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 25), Gap(27, 3), Gap(28, 18)]);

        var extents = await Catalogue.ListExtentsAsync(Key(), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), default);
        extents.ShouldHaveSingleItem().Number.ShouldBe(2);
        var gaps = await Catalogue.ListGapsAsync(Key(), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), default);
        gaps.ShouldHaveSingleItem().ShouldBe(Gap(28, 18));
        (await Catalogue.ListGapsAsync(Key(), null, null, default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_stopped_recording_has_a_time_and_a_reason_and_a_continued_one_has_none()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 25), Stop(27, at: TimeSpan.FromSeconds(26))]);
        var ended = (await Catalogue.FindRecordingAsync(Key(), default)).ShouldNotBeNull();
        (ended.StopReason, ended.EndedAt).ShouldBe((StopReason.Requested, T0 + TimeSpan.FromSeconds(26)));

        await AppendAsync(Start(28));
        var again = (await Catalogue.FindRecordingAsync(Key(), default)).ShouldNotBeNull();
        (again.StopReason, again.EndedAt, again.StartedAt, again.Blobs).ShouldBe((null, null, T0, 25));
    }

    [Fact]
    public async Task A_recording_of_a_dead_process_ended_with_its_media()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 25), Stop(27, StopReason.Crashed, TimeSpan.FromHours(5))]);

        (await Catalogue.FindRecordingAsync(Key(), default))!.EndedAt.ShouldBe(T0 + TimeSpan.FromSeconds(25));
    }

    // The next holder of a recorder ends what the one before it left open.
    [Fact]
    public async Task The_end_of_a_recording_of_which_only_another_node_has_something_adds_no_recording_without_a_folder()
    {
        await AppendAsync(Stop(1));

        (await Catalogue.FindRecordingAsync(Key(), default)).ShouldBeNull();
        (await Catalogue.LastEventAsync(default)).ShouldBe(1);
    }

    // Whether its events are entered together or one by one, and even with a hold.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_recording_that_ends_without_media_is_no_longer_listed(bool atOnce)
    {
        IEvent[] events = [Start(1), Gap(2, 0), Stop(3) with { Duration = TimeSpan.Zero, Bytes = 0, Blobs = 0 }];
        foreach (var some in atOnce ? [events] : events.Chunk(1))
        {
            await AppendAsync(some);
            await Catalogue.SetHoldAsync(Key(), held: true, default);
        }

        (await Catalogue.ListRecordingsAsync(new RecordingQuery(), default)).ShouldBeEmpty();
        (await Catalogue.FindRecordingAsync(Key(), default)).ShouldBeNull();
        (await Catalogue.ListGapsAsync(Key(), null, null, default)).ShouldBeEmpty();
        (await Catalogue.ReadEventsAsync(0, null, 10, default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Repeated_events_change_nothing()
    {
        IEvent[] events = [Start(1), .. Blobs(2, 1, 25), Gap(27, 3), new Marked(Cam, 28, T0, First, TimeSpan.FromSeconds(4), "goal")];
        await AppendAsync(events);
        var last = await Catalogue.LastEventAsync(default);
        await AppendAsync(events);

        (await Catalogue.LastEventAsync(default)).ShouldBe(last);
        (await Catalogue.ReadEventsAsync(0, null, 1000, default)).Count.ShouldBe(28);
        (await Catalogue.FindRecordingAsync(Key(), default))!.Bytes.ShouldBe(2500);
        (await Catalogue.ListMarksAsync(Key(), default)).ShouldHaveSingleItem().Label.ShouldBe("goal");
    }

    [Fact]
    public async Task Recordings_are_listed_newest_first_and_page_by_page_whatever_is_removed_meanwhile()
    {
        var other = new RecorderId("other");
        for (var day = 1; day <= 5; day++)
            await AppendAsync(Start(day, recording: Day(day)), Start(day, other, Day(day)));

        var page = await Catalogue.ListRecordingsAsync(new RecordingQuery { Limit = 3 }, default);
        page.Select(row => row.Key).ShouldBe([Key(other, Day(5)), Key(Cam, Day(5)), Key(other, Day(4))]);
        var next = await Catalogue.ListRecordingsAsync(new RecordingQuery { Limit = 3, After = page[^1].Key }, default);
        next.Select(row => row.Key).ShouldBe([Key(Cam, Day(4)), Key(other, Day(3)), Key(Cam, Day(3))]);
        var ofOne = await Catalogue.ListRecordingsAsync(new RecordingQuery { Recorder = other, After = Key(other, Day(3)) }, default);
        ofOne.Select(row => row.Key).ShouldBe([Key(other, Day(2)), Key(other, Day(1))]);
    }

    [Fact]
    public async Task Recordings_of_an_interval_are_those_with_media_in_it()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 25)]);

        (await ListAsync(10, 12)).ShouldBe(1);
        (await ListAsync(25, null)).ShouldBe(0);
        (await ListAsync(null, 0)).ShouldBe(0);
        (await ListAsync(null, null)).ShouldBe(1);

        async Task<int> ListAsync(double? from, double? to) => (await Catalogue.ListRecordingsAsync(
            new RecordingQuery { From = At(from), To = At(to) }, default)).Count;
        static DateTimeOffset? At(double? seconds) => seconds is { } s ? T0 + TimeSpan.FromSeconds(s) : null;
    }

    [Fact]
    public async Task Durable_blobs_and_holds_are_stored()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 5), new BlobDurable(Cam, 7, T0, First, 4)]);
        await Catalogue.SetHoldAsync(Key(), held: true, default);
        await ReopenAsync();

        var recording = (await Catalogue.FindRecordingAsync(Key(), default)).ShouldNotBeNull();
        (recording.DurableThrough, recording.IsHeld).ShouldBe((4, true));
    }

    [Fact]
    public async Task Definitions_are_stored_replaced_and_removed_with_encrypted_sources()
    {
        var definition = new RecorderDefinition { Id = Cam, Source = "rtsp://user:secret@camera/1", Options = new() { ExtentBytes = 7 } };
        await using (var encrypting = await SqlCatalogue.OpenAsync(new SqliteDatabase(Database), Options, new Rot(), default))
        {
            await encrypting.PutRecorderAsync(definition, default);
            await encrypting.PutRecorderAsync(definition with { Desired = RecorderState.Recording }, default);
            (await encrypting.ListRecordersAsync(default)).ShouldHaveSingleItem().Desired.ShouldBe(RecorderState.Recording);
            (await encrypting.FindRecorderAsync(Cam, default))!.Source.ShouldBe(definition.Source);
        }

        using var raw = new SqliteConnection($"Data Source={Database}");
        raw.QuerySingle<string>("SELECT definition FROM recorders").ShouldNotContain("secret");
        await Catalogue.RemoveRecorderAsync(Cam, default);
        (await Catalogue.FindRecorderAsync(Cam, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Folders_below_the_data_folder_move_with_it()
    {
        await AppendAsync([Start(1), .. Blobs(2, 1, 1)]);
        await Catalogue.DisposeAsync();
        await using var moved = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(Database), Options with { Root = "/elsewhere" }, NoCipher.Instance, default);

        (await moved.ListExtentsAsync(Key(), null, null, default))[0].Path.ShouldBe($"/elsewhere/cam/{First}/000001.mp4");
    }

    [Fact]
    public async Task A_damaged_database_file_stops_with_a_sentence_that_says_what_to_do()
    {
        var path = Database + ".other";
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("This is no database. ", 100)));

        var error = await Should.ThrowAsync<CatalogueUnavailableException>(() => OpenAsync(path));
        error.Message.ShouldContain(path);
        error.Message.ShouldContain("move it away");
    }

    [Fact]
    public async Task A_catalogue_of_a_later_version_is_not_touched()
    {
        await Catalogue.DisposeAsync();
        using (var raw = new SqliteConnection($"Data Source={Database}"))
        {
            raw.Execute("PRAGMA user_version = 1000");
        }

        (await Should.ThrowAsync<CatalogueUnavailableException>(() => OpenAsync())).Message.ShouldContain("schema 1000");
    }

    private static RecordingId Day(int day) => new($"2026010{day}T000000.000Z-1");

    private IEnumerable<IEvent> Blobs(long sequence, long first, long last)
    {
        for (var number = first; number <= last; number++)
            yield return Data(sequence++, number);
    }

    private sealed class Rot : ISecretCipher
    {
        public string Encrypt(string text) => string.Concat(text.Select(letter => (char)(letter + 1)));

        public string Decrypt(string text) => string.Concat(text.Select(letter => (char)(letter - 1)));
    }
}
