using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Registry;

/// <summary>
/// What a node that was killed tells when it starts again: a folder and a catalogue as a kill leaves them, each up to a line or an event of
/// its own.
/// </summary>
public sealed class HistoryFinderSpecs : IAsyncLifetime
{
    private static readonly RecorderId Cam = new("cam");
    private static readonly RecordingId Recording = new("20260101T000000.000Z-1");
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-past-").FullName;
    private readonly RecordingLayout _layout;
    // What is raised, in the order of the index's lines.
    private readonly List<IEvent> _raised = [];
    private SqlCatalogue _catalogue = null!;
    private HistoryFinder _finder = null!;
    private RecordingFiles? _files;
    private string _extension = ".mp4";
    private TimeSpan _end;
    private int _extent;
    private long _blobs;

    public HistoryFinderSpecs() => _layout = RecordingLayout.For(new RecordingTarget(Root), Cam, Recording);

    private string Root => Path.Combine(_folder, "recordings");

    public async Task InitializeAsync()
    {
        _catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(Path.Combine(_folder, "catalogue.db")), new CatalogueOptions { Root = Root }, NoCipher.Instance, default);
        _finder = new HistoryFinder(_catalogue, Root, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _files?.Dispose();
        await _catalogue.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // The clock was wrong when one of them was named: by name an older one is the last.
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task What_was_being_recorded_goes_on_although_one_that_ended_has_a_later_name(bool told, bool goesOn)
    {
        var later = new RecordingId("20280101T000000.000Z-1");
        Directory.CreateDirectory(RecordingLayout.For(new RecordingTarget(Root), Cam, later).Folder);
        Raise(number => new Started(Cam, number, T0, later, MimeType(".mp4")));
        Raise(number => new Stopped(Cam, number, T0, later, StopReason.Requested));
        Begin();
        Blobs(3);
        // One that the catalogue has never heard of may have been put there by hand, long after it ended.
        await KillAsync(told: told ? _raised.Count : 2);

        ((await FindAsync()).History.Continue?.Recording == Recording).ShouldBe(goesOn);
    }

    // Each life of the node writes a segment of the index of its own; one that was killed before its first blob has none but a gap.
    [Theory]
    [InlineData(".webm", 1)]
    [InlineData(".webm", 2)]
    [InlineData(".mp4", 1)]
    [InlineData(".mkv", 1)]
    public async Task What_was_told_is_not_told_again_when_an_earlier_life_of_the_node_ended_before_its_first_blob(string extension, int lives)
    {
        Begin(extension);
        Blobs(3);
        GoOn();
        Blobs(3);
        for (var killed = 0; killed < lives; killed++)
        {
            GoOn();
        }

        GoOn();
        Blobs(5);
        await KillAsync(told: _raised.Count);

        var past = await FindAsync();

        past.Missing.ShouldBeEmpty();
        past.History.LastSequence.ShouldBe(_raised.Count);
        past.History.Continue!.LastBlob.ShouldBe(11);
        (await _catalogue.ListExtentsAsync(Key, null, null, default))[^1].LastBlob.ShouldBe(11);
        (await _catalogue.ListGapsAsync(Key, null, null, default)).Count.ShouldBe(2 + lives);
    }

    // Also when the kill came while an earlier one's rest was being told: that is a beginning of it, too.
    [Theory]
    [InlineData(".webm")]
    [InlineData(".mp4")]
    [InlineData(".mkv")]
    public async Task Wherever_the_journal_ends_exactly_what_is_behind_it_is_told_and_in_order(string extension)
    {
        Begin(extension);
        Blobs(2);
        Mark("first");
        // Stated when it ended, behind a blob that ends later than it began.
        Gap(GapCause.SourceLost, _end - (Second / 2), Second);
        Mark("second");
        Blobs(1);
        GoOn();
        Mark("third");
        Blobs(1);
        Gap(GapCause.SourceLost, _end - (Second / 2), Second / 4);
        Blobs(1);
        _files!.Dispose();

        for (var told = 0; told <= _raised.Count; told++)
        {
            await JournalAsync(_raised.Take(told).Skip(told - 1));

            var past = await FindAsync();

            past.Missing.Select(Said).ShouldBe(_raised.Skip(told).Select(Said), $"{told} were told");
            past.History.LastSequence.ShouldBe(_raised.Count);
        }
    }

    [Fact]
    public async Task A_gap_and_a_mark_that_were_told_are_not_told_again_when_a_power_cut_took_the_blobs_around_them()
    {
        Begin();
        Blobs(2);
        Gap(GapCause.SourceLost, _end, Second);
        Mark("goal");
        _end += Second;
        Blobs(2);
        await KillAsync(told: _raised.Count);
        Cut(blobs: 3);

        var past = await FindAsync();

        past.Missing.ShouldBeEmpty();
        past.History.Continue!.LastBlob.ShouldBe(1);
        (await _catalogue.ListGapsAsync(Key, null, null, default)).ShouldHaveSingleItem().Sequence.ShouldBe(4);
        (await _catalogue.ListMarksAsync(Key, default)).ShouldHaveSingleItem().Sequence.ShouldBe(5);
        (await FindAsync()).Missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gap_that_is_stated_again_and_longer_is_as_long_in_the_catalogue()
    {
        Begin();
        Blobs(1);
        Gap(GapCause.NodeDown, _end, Second);
        Gap(GapCause.NodeDown, _end, 3 * Second);

        await KillAsync(told: _raised.Count);

        (await _catalogue.ListGapsAsync(Key, null, null, default)).ShouldHaveSingleItem().Duration.ShouldBe(3 * Second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_recording_whose_start_was_told_and_of_which_nothing_was_stored_is_told_to_have_ended(bool hasFolder)
    {
        await JournalAsync([new Started(Cam, 1, T0, Recording, "video/mp4")]);
        if (hasFolder)
        {
            Directory.CreateDirectory(_layout.Folder);
        }

        var past = await FindAsync();

        var stopped = past.Missing.ShouldHaveSingleItem().ShouldBeOfType<Stopped>();
        (stopped.Recording, stopped.Sequence, stopped.Reason, stopped.Blobs).ShouldBe((Recording, 2, StopReason.Crashed, 0));
        (past.History.LastSequence, past.History.Continue).ShouldBe((2, null));
        await JournalAsync(past.Missing);
        (await FindAsync()).Missing.ShouldBeEmpty();
    }

    // The node was killed between the first file and the first fragment: before its start was told, or after.
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(1, "half a fragment")]
    public async Task What_a_crash_left_without_media_is_no_recording(int told, string bytes)
    {
        Begin();
        _files!.Dispose();
        await File.WriteAllTextAsync(_layout.Extent(1, ".mp4"), bytes);
        await JournalAsync(_raised.Take(told));

        var past = await FindAsync();

        past.Missing.Select(raised => (raised as Stopped)?.Blobs).ShouldBe(Enumerable.Repeat<long?>(0, told));
        past.History.LastSequence.ShouldBe(2 * told);
        past.History.Continue.ShouldBeNull();
        await JournalAsync(past.Missing);
        (await _catalogue.ListRecordingsAsync(new RecordingQuery(), default)).ShouldBeEmpty();
        (await FindAsync()).Missing.ShouldBeEmpty();
        // What may be somebody's footage is never deleted.
        Directory.Exists(_layout.Folder).ShouldBe(bytes.Length > 0);
        await _catalogue.Journal.SyncAsync(default);
        CatalogueCheck.Run(_folder).Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_recording_that_failed_the_error_is_told_too_and_in_its_place()
    {
        Begin();
        Blobs(2);
        Raise(number => new ErrorRaised(Cam, number, T0 + _end, new MediaError(ErrorName.UnknownError, "The disk: gone.")));
        Blobs(1);
        Raise(number => new Stopped(Cam, number, T0 + _end, Recording, StopReason.Failed));
        _files!.Describe(StorageJson.ReadDescription(_layout.Description)! with
        {
            StopReason = nameof(StopReason.Failed),
            EndedAt = T0 + _end,
            Error = new MediaError(ErrorName.UnknownError, "The disk: gone.").ToString(),
        });
        _files.Dispose();

        for (var told = 0; told < _raised.Count; told++)
        {
            await JournalAsync(_raised.Take(told).Skip(told - 1));

            (await FindAsync()).Missing.Select(Said).ShouldBe(_raised.Skip(told).Select(Said), $"{told} were told");
        }
    }

    // Its node was killed, another went on with the recorder: what the journal of the first lacks is told late, and its catalogue says what its folder says.
    [Fact]
    public async Task Of_a_recorder_that_records_elsewhere_now_the_blobs_are_told_late_and_the_catalogue_has_its_end()
    {
        Begin();
        Blobs(3);
        Mark("goal");
        Blobs(2);
        _files!.Dispose();
        for (var told = 0; told <= _raised.Count; told++)
        {
            await JournalAsync(_raised.Take(told).Skip(told - 1));
            await using var catalogue = await CopyOfCatalogueAsync();
            var finder = new HistoryFinder(catalogue, Root, TimeProvider.System);

            var past = await finder.FindLeftAsync(Cam, goesOn: null, StopReason.Crashed, default);

            past.Missing.Select(Said).ShouldBe(_raised.Skip(told).Select(Said), $"{told} were told");
            (await catalogue.ReadEventsAsync(0, Cam, 100, default)).Select(entry => Said(entry.Event)).ShouldBe(_raised.Select(Said), $"{told} were told");
            var row = (await catalogue.FindRecordingAsync(Key, default)).ShouldNotBeNull();
            (row.EndedAt, row.StopReason, row.Blobs).ShouldBe((T0 + _end, StopReason.Crashed, 5), $"{told} were told");
            (await finder.FindLeftAsync(Cam, goesOn: null, StopReason.Crashed, default)).Missing.ShouldBeEmpty();
        }
    }

    // A node completes what is in its folder while recorders are made.
    [Fact]
    public async Task What_one_look_at_the_folder_tells_another_at_the_same_time_does_not_tell_again()
    {
        Begin();
        Blobs(5);
        await KillAsync(told: 2);
        var completing = _finder.CompleteAsync([Cam], default);

        var past = await FindAsync();

        await completing;
        past.Missing.ShouldBeEmpty();
        var told = (await _catalogue.ReadEventsAsync(0, Cam, 100, default)).Select(entry => entry.Event).ToList();
        told.OfType<DataAvailable>().Select(data => data.Data.Number).ShouldBe([1, 2, 3, 4, 5]);
        told.Select(raised => raised.Sequence).ShouldBe(Enumerable.Range(1, told.Count).Select(number => (long)number));
        past.History.LastSequence.ShouldBe(told.Count);
    }

    [Fact]
    public async Task What_a_recorder_left_that_was_defined_again_meanwhile_is_told_as_it_is_made_and_not_before()
    {
        Begin();
        Blobs(5);
        await KillAsync(told: 2);
        await File.WriteAllTextAsync(Path.Combine(Root, Cam.Value, "recorder.json"), "{}");

        await _finder.CompleteAsync([Cam], default);

        (await _catalogue.Journal.LastSequenceAsync(Cam, default)).ShouldBe(2);
        (await FindAsync()).Missing.Count.ShouldBe(4);
    }

    private static readonly RecorderDefinition Definition =
        new() { Id = Cam, Source = "test:", Options = new RecorderOptions(), Desired = RecorderState.Recording };

    private static readonly RecordingKey Key = new(Cam, Recording);

    // What an event says, without when it was told.
    private static object Said(IEvent raised) => raised switch
    {
        DataAvailable data => (data.Sequence, data.Data.Number, data.Data.Path, data.Data.Offset, data.Data.Length, data.Timecode),
        GapRecorded gap => (gap.Sequence, gap.Cause, gap.MediaTime, gap.Duration, gap.From, gap.To),
        ErrorRaised error => (error.Sequence, error.Error),
        Marked mark => (mark.Sequence, mark.Label, mark.MediaTime),
        _ => (raised.Sequence, raised.GetType().Name),
    };

    private Task<FoundHistory> FindAsync() => _finder.FindAsync(Definition, default);

    private void Begin(string extension = ".mp4")
    {
        _extension = extension;
        _files = new RecordingFiles(_layout, LocalDisk.Instance);
        _files.BeginExtent(++_extent, extension);
        _files.Describe(new RecordingDescription
        {
            Recorder = Cam.Value,
            Recording = Recording.Value,
            Source = "test:",
            Node = "here",
            StartedAt = T0,
            MimeType = MimeType(extension),
        });
        Raise(number => new Started(Cam, number, T0, Recording, MimeType(extension)));
    }

    // The node was killed and has started again: it says for how long it was down.
    private void GoOn()
    {
        _files!.Dispose();
        _files = new RecordingFiles(_layout, LocalDisk.Instance, continues: true);
        _files.BeginExtent(++_extent, _extension);
        Gap(GapCause.NodeDown, _end, 2 * Second);
        _end += 2 * Second;
    }

    private void Blobs(int count)
    {
        for (; count > 0; count--)
        {
            using var bytes = MediaBytes.CopyOf(Encoding.ASCII.GetBytes($"blob {_blobs % 10}"));
            _files!.Append(bytes);
            var blob = _files.EndBlob(new BlobMark(Recording, ++_blobs, MimeType(_extension), _end, Second, T0 + _end, Key: true), _extension);
            Raise(number => new DataAvailable(Cam, number, T0 + _end, blob, blob.MediaTime));
            _end += Second;
        }
    }

    private void Gap(GapCause cause, TimeSpan at, TimeSpan duration)
    {
        var gap = new GapRecorded(Cam, 0, T0 + at + duration, Recording, cause)
        {
            MediaTime = at,
            Duration = duration,
            From = T0 + at,
            To = T0 + at + duration,
        };
        _files!.AddGap(gap);
        Raise(number => gap with { Sequence = number });
    }

    private void Mark(string label)
    {
        var mark = new Marked(Cam, 0, T0 + _end, Recording, _end, label);
        _files!.AddMark(mark);
        Raise(number => mark with { Sequence = number });
    }

    // The last blobs never reached the disk.
    private void Cut(int blobs)
    {
        using var file = new FileStream(_layout.Extent(_extent, _extension), FileMode.Open);
        file.SetLength(file.Length - (blobs * "blob 0".Length));
    }

    private void Raise(Func<long, IEvent> create) => _raised.Add(create(_raised.Count + 1));

    // The journal has the first of what was raised; the folder has it all.
    private async Task KillAsync(int told)
    {
        _files!.Dispose();
        await JournalAsync(_raised.Take(told));
    }

    private async Task<SqlCatalogue> CopyOfCatalogueAsync()
    {
        await _catalogue.Journal.SyncAsync(default);
        var copy = Path.Combine(_folder, $"copy-{Guid.NewGuid():n}.db");
        foreach (var part in new[] { "", "-wal" }.Where(part => File.Exists(Path.Combine(_folder, "catalogue.db" + part))))
        {
            File.Copy(Path.Combine(_folder, "catalogue.db" + part), copy + part);
        }

        return await SqlCatalogue.OpenAsync(new SqliteDatabase(copy), new CatalogueOptions { Root = Root }, NoCipher.Instance, default);
    }

    private Task<long> JournalAsync(IEnumerable<IEvent> events) => _catalogue.Journal.AppendAsync([.. events], null, default);

    private static string MimeType(string extension) => extension switch
    {
        ".webm" => "video/webm;codecs=vp8",
        ".mkv" => "video/x-matroska;codecs=avc1",
        _ => "video/mp4;codecs=avc1",
    };
}
