using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Registry;

/// <summary>The history of a recorder after its node was killed.</summary>
public sealed class HistoryFinderSpecs : HistorySpecs
{
    // A wrong clock gave the later name to the recording that ended first.
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_recording_continues_although_one_that_ended_has_a_later_name(bool isInCatalogue, bool continues)
    {
        var later = new RecordingId("20280101T000000.000Z-1");
        Directory.CreateDirectory(RecordingLayout.For(new RecordingTarget(Root), Cam, later).Folder);
        Raise(number => new Started(Cam, number, T0, later, MimeType(".mp4")));
        Raise(number => new Stopped(Cam, number, T0, later, StopReason.Requested));
        Begin();
        AddBlobs(3);
        // A recording that is not in the catalogue may have been copied there by hand, long after it ended.
        await KillAsync(published: isInCatalogue ? Raised.Count : 2);

        ((await FindAsync()).History.Continue?.Recording == Recording).ShouldBe(continues);
    }

    // Each run of the node writes its own segment of the index; a run that was killed before its first blob wrote only a gap.
    [Theory]
    [InlineData(".webm", 1)]
    [InlineData(".webm", 2)]
    [InlineData(".mp4", 1)]
    [InlineData(".mkv", 1)]
    public async Task Events_are_not_published_again_when_an_earlier_run_of_the_node_ended_before_its_first_blob(string extension, int runs)
    {
        Begin(extension);
        AddBlobs(3);
        Restart();
        AddBlobs(3);
        for (var killed = 0; killed < runs; killed++)
            Restart();

        Restart();
        AddBlobs(5);
        await KillAsync(published: Raised.Count);

        var found = await FindAsync();

        found.Missing.ShouldBeEmpty();
        found.History.LastSequence.ShouldBe(Raised.Count);
        found.History.Continue!.LastBlob.ShouldBe(11);
        (await Catalogue.ListExtentsAsync(Key, null, null, default))[^1].LastBlob.ShouldBe(11);
        (await Catalogue.ListGapsAsync(Key, null, null, default)).Count.ShouldBe(2 + runs);
    }

    // This includes a node that was killed while it published the events that the run before had not.
    [Theory]
    [InlineData(".webm")]
    [InlineData(".mp4")]
    [InlineData(".mkv")]
    public async Task Wherever_the_journal_ends_exactly_the_later_events_are_missing_in_order(string extension)
    {
        Begin(extension);
        AddBlobs(2);
        AddMark("first");
        // The gap is added when it ends, after a blob that ends later than the gap began.
        AddGap(GapCause.SourceLost, End - (Second / 2), Second);
        AddMark("second");
        AddBlobs(1);
        Restart();
        AddMark("third");
        AddBlobs(1);
        AddGap(GapCause.SourceLost, End - (Second / 2), Second / 4);
        AddBlobs(1);
        Files!.Dispose();

        for (var published = 0; published <= Raised.Count; published++)
        {
            await AppendAsync(Raised.Take(published).Skip(published - 1));

            var found = await FindAsync();

            found.Missing.Select(ContentOf).ShouldBe(Raised.Skip(published).Select(ContentOf), $"{published} were published");
            found.History.LastSequence.ShouldBe(Raised.Count);
        }
    }

    [Fact]
    public async Task A_gap_and_a_mark_are_not_published_again_when_a_power_cut_lost_the_blobs_around_them()
    {
        Begin();
        AddBlobs(2);
        AddGap(GapCause.SourceLost, End, Second);
        AddMark("goal");
        End += Second;
        AddBlobs(2);
        await KillAsync(published: Raised.Count);
        LoseBlobs(3);

        var found = await FindAsync();

        found.Missing.ShouldBeEmpty();
        found.History.Continue!.LastBlob.ShouldBe(1);
        (await Catalogue.ListGapsAsync(Key, null, null, default)).ShouldHaveSingleItem().Sequence.ShouldBe(4);
        (await Catalogue.ListMarksAsync(Key, default)).ShouldHaveSingleItem().Sequence.ShouldBe(5);
        (await FindAsync()).Missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gap_that_is_published_again_with_a_longer_duration_is_as_long_in_the_catalogue()
    {
        Begin();
        AddBlobs(1);
        AddGap(GapCause.NodeDown, End, Second);
        AddGap(GapCause.NodeDown, End, 3 * Second);

        await KillAsync(published: Raised.Count);

        (await Catalogue.ListGapsAsync(Key, null, null, default)).ShouldHaveSingleItem().Duration.ShouldBe(3 * Second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_recording_whose_start_was_published_before_anything_was_stored_is_stopped(bool hasFolder)
    {
        await AppendAsync([new Started(Cam, 1, T0, Recording, "video/mp4")]);
        if (hasFolder)
            Directory.CreateDirectory(Layout.Folder);

        var found = await FindAsync();

        var stopped = found.Missing.ShouldHaveSingleItem().ShouldBeOfType<Stopped>();
        (stopped.Recording, stopped.Sequence, stopped.Reason, stopped.Blobs).ShouldBe((Recording, 2, StopReason.Crashed, 0));
        (found.History.LastSequence, found.History.Continue).ShouldBe((2, null));
        await AppendAsync(found.Missing);
        (await FindAsync()).Missing.ShouldBeEmpty();
    }

    // The node was killed between the first file and the first fragment, before or after the start event was published.
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(1, "half a fragment")]
    public async Task A_recording_without_media_after_a_crash_is_removed(int published, string bytes)
    {
        Begin();
        Files!.Dispose();
        await File.WriteAllTextAsync(Layout.Extent(1, ".mp4"), bytes);
        await AppendAsync(Raised.Take(published));

        var found = await FindAsync();

        found.Missing.Select(raised => (raised as Stopped)?.Blobs).ShouldBe(Enumerable.Repeat<long?>(0, published));
        found.History.LastSequence.ShouldBe(2 * published);
        found.History.Continue.ShouldBeNull();
        await AppendAsync(found.Missing);
        (await Catalogue.ListRecordingsAsync(new RecordingQuery(), default)).ShouldBeEmpty();
        (await FindAsync()).Missing.ShouldBeEmpty();
        // Bytes that may be media are never deleted.
        Directory.Exists(Layout.Folder).ShouldBe(bytes.Length > 0);
        await Catalogue.Journal.SyncAsync(default);
        CatalogueCheck.Run(Folder).Wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_error_of_a_failed_recording_is_among_the_missing_events_in_its_place()
    {
        Begin();
        AddBlobs(2);
        Raise(number => new ErrorRaised(Cam, number, T0 + End, new MediaError(ErrorName.UnknownError, "The disk: gone.")));
        AddBlobs(1);
        Raise(number => new Stopped(Cam, number, T0 + End, Recording, StopReason.Failed));
        Files!.Describe(StorageJson.ReadDescription(Layout.Description)! with
        {
            StopReason = nameof(StopReason.Failed),
            EndedAt = T0 + End,
            Error = new MediaError(ErrorName.UnknownError, "The disk: gone.").ToString(),
        });
        Files.Dispose();

        for (var published = 0; published < Raised.Count; published++)
        {
            await AppendAsync(Raised.Take(published).Skip(published - 1));

            (await FindAsync()).Missing.Select(ContentOf).ShouldBe(Raised.Skip(published).Select(ContentOf), $"{published} were published");
        }
    }
}
