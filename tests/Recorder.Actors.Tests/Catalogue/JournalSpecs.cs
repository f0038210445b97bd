using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Catalogue;

public sealed class JournalSpecs : CatalogueFile
{
    private static readonly RecorderId Other = new("other");

    public JournalSpecs() => Options = new CatalogueOptions { JournalEntries = 50 };

    // A power cut may lose entries but not the limit, above which no number was ever used.
    [Fact]
    public async Task Concurrent_appends_stay_below_the_durable_limit_of_numbers()
    {
        const int Half = 60_000;
        IReadOnlyList<IEvent> Events(string of) => [.. Enumerable.Range(1, Half).Select(n => new Paused(new RecorderId(of), n, T0))];

        await Task.WhenAll(Catalogue.Journal.AppendAsync(Events("a"), null, default), Catalogue.Journal.AppendAsync(Events("b"), null, default));

        (await Catalogue.LastEventAsync(default)).ShouldBe(2 * Half);
        new SqliteDatabase(Database).ReadNumberFloor().ShouldBeGreaterThanOrEqualTo(2 * Half);
    }

    [Fact]
    public async Task Events_are_read_in_order_from_any_entry_of_all_recorders_or_one()
    {
        IEvent[] events = [Start(1), Start(1, Other), Data(2, 1), Gap(3, 1), new Paused(Other, 2, T0)];
        await AppendAsync(events);

        var all = await Catalogue.ReadEventsAsync(0, null, 100, default);
        all.Select(entry => entry.Event).ShouldBe(events);
        all.Select(entry => entry.Number).ShouldBeInOrder(SortDirection.Ascending);
        var rest = await Catalogue.ReadEventsAsync(all[2].Number, null, 100, default);
        rest.Select(entry => entry.Event).ShouldBe(events[3..]);
        (await Catalogue.ReadEventsAsync(all[0].Number, Other, 100, default)).Select(entry => entry.Event).ShouldBe([events[1], events[4]]);
        (await Catalogue.ReadEventsAsync(0, null, 2, default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Numbers_go_on_without_a_hole_after_an_orderly_end()
    {
        await AppendAsync(Start(1));
        var last = await Catalogue.LastEventAsync(default);
        await ReopenAsync();
        await AppendAsync(Data(2, 1));

        (await Catalogue.LastEventAsync(default)).ShouldBe(last + 1);
    }

    [Fact]
    public async Task Numbers_skip_ahead_after_a_kill_so_that_none_is_used_twice()
    {
        await AppendAsync(Start(1));
        await using var killed = await OpenAsKilledAsync();
        // The copy does not have the numbers that the original uses from now on.
        await AppendAsync(Enumerable.Range(1, 500).Select(n => Data(n + 1, n)));
        await killed.Journal.AppendAsync([Data(2, 1)], null, default);

        (await killed.LastEventAsync(default)).ShouldBeGreaterThan(await Catalogue.LastEventAsync(default));
        (await killed.ReadEventsAsync(0, null, 10, default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_journal_is_trimmed_by_count_and_its_readers_are_told()
    {
        await AppendAsync(Start(1));
        await AppendAsync(Enumerable.Range(1, 1500).Select(n => Data(n + 1, n)));

        var error = await Should.ThrowAsync<JournalTruncatedException>(() => Catalogue.ReadEventsAsync(1, null, 10, default));
        var kept = await Catalogue.ReadEventsAsync(error.Oldest - 1, null, 5000, default);
        kept.Count.ShouldBe(50);
        ((DataAvailable)kept[^1].Event).Data.Number.ShouldBe(1500);
        (await Catalogue.FindRecordingAsync(Key(), default))!.Blobs.ShouldBe(1500);
    }

    [Fact]
    public async Task The_journal_is_trimmed_by_age()
    {
        var now = T0 + TimeSpan.FromSeconds(1490);
        await using var catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(Database + "2"),
            new CatalogueOptions { JournalAge = TimeSpan.FromSeconds(90), Time = new Clock(now) }, NoCipher.Instance, default);
        await catalogue.Journal.AppendAsync([Start(1), .. Enumerable.Range(1, 1500).Select(n => Data(n + 1, n))], null, default);

        var error = await Should.ThrowAsync<JournalTruncatedException>(() => catalogue.ReadEventsAsync(0, null, 10, default));
        (await catalogue.ReadEventsAsync(error.Oldest - 1, null, 10, default))[0].Event.At.ShouldBe(now - TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task The_number_of_a_recorders_last_event_is_known_even_if_the_event_was_trimmed()
    {
        await AppendAsync(Start(1, Other));
        await AppendAsync([Start(1), .. Enumerable.Range(1, 1500).Select(n => Data(n + 1, n))]);

        (await Catalogue.Journal.LastSequenceAsync(Other, default)).ShouldBe(1);
        (await Catalogue.Journal.LastSequenceAsync(Cam, default)).ShouldBe(1501);
        (await Catalogue.Journal.LastSequenceAsync(new RecorderId("new"), default)).ShouldBe(0);
    }

    [Fact]
    public async Task The_write_ahead_log_is_checkpointed_beside_the_writer_and_stays_small()
    {
        var longest = 0L;
        for (var batch = 0; batch < 60; batch++)
        {
            await AppendAsync(Enumerable.Range(1, 300).Select(n => (IEvent)Gap((batch * 300) + n, (batch * 300) + n)));
            await Catalogue.Journal.SyncAsync(default);
            longest = Math.Max(longest, new FileInfo(Database + "-wal").Length);
        }

        new FileInfo(Database).Length.ShouldBeGreaterThan(1 << 20);
        longest.ShouldBeInRange(4 << 20, 8 << 20);
    }

    [Fact]
    public async Task Reading_a_snapshot_of_the_journal_does_not_block_the_writer()
    {
        await AppendAsync(Start(1));
        var database = new SqliteDatabase(Database);
        using var reader = database.OpenReader();
        using var snapshot = database.BeginSnapshot(reader);
        CountEvents(reader).ShouldBe(1);

        await AppendAsync(Data(2, 1));

        CountEvents(reader).ShouldBe(1);
        snapshot.Rollback();
        CountEvents(reader).ShouldBe(2);
    }

    private static long CountEvents(System.Data.Common.DbConnection reader)
    {
        using var count = reader.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM journal";
        return (long)count.ExecuteScalar()!;
    }

    [Fact]
    public async Task Waiting_for_events_ends_when_one_is_entered()
    {
        await AppendAsync(Start(1));
        var last = await Catalogue.LastEventAsync(default);
        await Catalogue.WaitForEventsAsync(last - 1, default);
        var waiting = Catalogue.WaitForEventsAsync(last, default);
        waiting.IsCompleted.ShouldBeFalse();
        await AppendAsync(Data(2, 1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Events_left_out_of_the_journal_still_change_recordings_and_readers_are_told()
    {
        await AppendAsync(Start(1));
        var before = await Catalogue.LastEventAsync(default);
        await Catalogue.Journal.AppendAsync([Data(3, 2)], CatalogueChanges.Of([Data(2, 1)]), default);

        (await Catalogue.FindRecordingAsync(Key(), default))!.Blobs.ShouldBe(2);
        var error = await Should.ThrowAsync<JournalTruncatedException>(() => Catalogue.ReadEventsAsync(before, null, 10, default));
        (await Catalogue.ReadEventsAsync(error.Oldest - 1, null, 10, default)).ShouldHaveSingleItem().Event.ShouldBe(Data(3, 2));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
