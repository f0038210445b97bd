using System.Text;
using Recorder.Actors.Registry;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Registry;

/// <summary>The history of recorders that record on another node or are no longer defined.</summary>
public sealed class HistoryFinderElsewhereSpecs : HistorySpecs
{
    // The node was killed and another node continued the recorder: the missing events are published late.
    [Fact]
    public async Task The_blobs_of_a_recorder_that_moved_are_published_late_and_the_catalogue_has_the_end_of_its_recording()
    {
        Begin();
        AddBlobs(3);
        AddMark("goal");
        AddBlobs(2);
        Files!.Dispose();
        for (var published = 0; published <= Raised.Count; published++)
        {
            await AppendAsync(Raised.Take(published).Skip(published - 1));
            await using var catalogue = await CopyOfCatalogueAsync();
            var finder = new HistoryFinder(catalogue, Root, TimeProvider.System);

            var found = await finder.FindMovedAsync(Cam, continued: null, StopReason.Crashed, default);

            found.Missing.Select(ContentOf).ShouldBe(Raised.Skip(published).Select(ContentOf), $"{published} were published");
            var journal = await catalogue.ReadEventsAsync(0, Cam, 100, default);
            journal.Select(entry => ContentOf(entry.Event)).ShouldBe(Raised.Select(ContentOf), $"{published} were published");
            var row = (await catalogue.FindRecordingAsync(Key, default)).ShouldNotBeNull();
            (row.EndedAt, row.StopReason, row.Blobs).ShouldBe((T0 + End, StopReason.Crashed, 5), $"{published} were published");
            (await finder.FindMovedAsync(Cam, continued: null, StopReason.Crashed, default)).Missing.ShouldBeEmpty();
        }
    }

    // A node completes recordings of undefined recorders while it creates its recorders.
    [Fact]
    public async Task Two_searches_at_the_same_time_do_not_publish_an_event_twice()
    {
        Begin();
        AddBlobs(5);
        await KillAsync(published: 2);
        var completing = Finder.CompleteAsync([Cam], default);

        var found = await FindAsync();

        await completing;
        found.Missing.ShouldBeEmpty();
        var events = (await Catalogue.ReadEventsAsync(0, Cam, 100, default)).Select(entry => entry.Event).ToList();
        events.OfType<DataAvailable>().Select(data => data.Data.Number).ShouldBe([1, 2, 3, 4, 5]);
        events.Select(raised => raised.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        found.History.LastSequence.ShouldBe(events.Count);
    }

    [Fact]
    public async Task The_events_of_a_recorder_that_was_defined_again_are_published_when_it_is_created()
    {
        Begin();
        AddBlobs(5);
        await KillAsync(published: 2);
        await File.WriteAllTextAsync(Path.Combine(Root, Cam.Value, "recorder.json"), "{}");

        await Finder.CompleteAsync([Cam], default);

        (await Catalogue.Journal.LastSequenceAsync(Cam, default)).ShouldBe(2);
        (await FindAsync()).Missing.Count.ShouldBe(4);
    }
}
