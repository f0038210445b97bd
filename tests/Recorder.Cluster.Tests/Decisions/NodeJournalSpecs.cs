using Recorder.Cluster.Journals;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>How a node follows another's journal.</summary>
public class NodeJournalSpecs
{
    private static readonly StartId FirstRun = new(1);
    private static readonly StartId SecondRun = new(2);

    [Fact]
    public void A_follower_continues_over_a_restart()
    {
        var journal = Write(FirstRun, 1, 2);
        var copy = Follow(new NodeJournal<int>(10), journal);
        journal.Begin(SecondRun);
        journal.Append(3);

        var page = journal.Read(copy.Position, 10, () => []);

        page.IsSnapshot.ShouldBeFalse();
        page.Entries.ShouldBe([3]);
        copy.Take(copy.Position, page).ShouldBeTrue();
        copy.Position.ShouldBe(journal.Position);
    }

    // The folder of an older day: the numbers of the lost run are written again, with other entries.
    [Fact]
    public void A_follower_that_saw_more_than_the_restored_folder_has_gets_a_snapshot()
    {
        var backup = Write(FirstRun, 1, 2);
        var lost = new NodeJournal<int>(10);
        lost.CopyFrom(backup);
        lost.Append(30);
        var copy = Follow(new NodeJournal<int>(10), lost);
        backup.Begin(SecondRun);
        backup.Append(40);

        backup.Contains(copy.Position!.Value).ShouldBeFalse();
        backup.Read(copy.Position, 10, () => [1, 2, 40]).IsSnapshot.ShouldBeTrue();
    }

    [Fact]
    public void A_follower_behind_the_entries_that_are_kept_gets_a_snapshot()
    {
        var journal = new NodeJournal<int>(2);
        journal.Begin(FirstRun);
        var behind = journal.Position;
        journal.Append(1);
        journal.Append(2);
        journal.Append(3);

        journal.Read(behind, 10, () => [1, 2, 3]).IsSnapshot.ShouldBeTrue();
        journal.Read(behind!.Value with { Number = 1 }, 10, () => []).Entries.ShouldBe([2, 3]);
    }

    [Fact]
    public void A_page_that_was_asked_for_from_another_place_is_dropped()
    {
        var journal = Write(FirstRun, 1, 2);
        var copy = new NodeJournal<int>(10);
        var page = journal.Read(null, 10, () => [1, 2]);

        copy.Take(null, page).ShouldBeTrue();
        copy.Take(null, page).ShouldBeFalse();
    }

    private static NodeJournal<int> Write(StartId run, params int[] entries)
    {
        var journal = new NodeJournal<int>(10);
        journal.Begin(run);
        Array.ForEach(entries, journal.Append);
        return journal;
    }

    private static NodeJournal<int> Follow(NodeJournal<int> copy, NodeJournal<int> journal)
    {
        copy.Take(copy.Position, journal.Read(copy.Position, 10, () => [])).ShouldBeTrue();
        return copy;
    }
}
