using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Index;

/// <summary>What the events and changes of a node's journal change in the tables of the index, in a transaction of the caller.</summary>
internal static class IndexWriter
{
    /// <returns>What the entries change, and of each recording the number of the event that decides whether it runs.</returns>
    public static (CatalogueChanges Changes, Dictionary<RecordingKey, long> States) Sort(IReadOnlyList<JournalEntry> entries)
    {
        var (changes, states) = (new CatalogueChanges(), new Dictionary<RecordingKey, long>());
        foreach (var raised in entries.Select(entry => entry.Event))
        {
            changes.Add(raised);
            if (RecordingOf(raised) is { } recording)
                states[new RecordingKey(raised.Recorder, recording)] = raised.Sequence;
        }

        return (changes, states);
    }

    private static RecordingId? RecordingOf(IEvent raised) => raised switch
    {
        Started started => started.Recording,
        DataAvailable { Data.Length: > 0 } data => data.Data.Recording,
        Stopped stopped => stopped.Recording,
        _ => null,
    };

    public static void Put(DbConnection writer, string node, CatalogueChanges changes, Dictionary<RecordingKey, long> states)
    {
        PutExtents(writer, node, changes.Extents.Select(it => (it.Key.Recording, it.Value)).ToList());
        var rows = changes.Recordings.Select(it => Columns(it.Key, it.Value, states.GetValueOrDefault(it.Key))).ToList();
        writer.Execute(IndexStatements.PutRecording, rows);
        PutGapsAndMarks(writer, node, changes.Gaps, changes.Marks);
        writer.Execute(IndexStatements.ResumeRecording, changes.Recordings.Where(it => IsRunning(it.Value))
            .Select(it => Sequence(it.Key, states[it.Key])).ToList());
        writer.Execute(IndexStatements.StopRecording, changes.Recordings.Where(it => it.Value.Stopped is not null)
            .Select(it => Columns(it.Key, it.Value.Stopped!)).ToList());
        RecorderSequences.Put(writer, changes.Sequences);

        // A recording that ended without media on any node was none.
        foreach (var (key, _) in changes.Recordings.Where(it => it.Value.Stopped is { Blobs: 0 }))
            Recount(writer, key, IndexStatements.RemoveEmpty);

        SupersededRecordings.EndThem(writer, changes.Recordings.Keys.Select(key => key.Recorder));
    }

    // A recording that gets more media has not ended, even if it was said to have.
    private static bool IsRunning(CatalogueChanges.RecordingChange change) =>
        change.IsRunning || (change.Bytes > 0 && change.Stopped is null);

    public static void PutExtents(DbConnection writer, string node, List<(RecordingKey Recording, Extent Extent)> extents)
    {
        var rows = extents.Select(it => Columns(node, it.Recording, it.Extent)).ToList();
        var begun = rows.Where(columns => writer.ExecuteScalar<long>(IndexStatements.HasExtent, columns) == 0).ToList();
        writer.Execute(IndexStatements.PutExtent, rows);
        writer.Execute(IndexStatements.MarkLate, rows);
        writer.Execute(IndexStatements.MarkOthersLate, begun);
    }

    public static void PutGapsAndMarks(DbConnection writer, string node, IReadOnlyList<GapRecorded> gaps, IReadOnlyList<Marked> marks)
    {
        GapAndMarkRows.Put(writer, gaps, marks);
        writer.Execute(IndexStatements.PutNodeOfGap, gaps.Select(gap => new
        {
            recorder = gap.Recorder.Value,
            recording = gap.Recording.Value,
            mediaTime = gap.MediaTime.Ticks,
            from = gap.From.UtcTicks,
            cause = (int)gap.Cause,
            sequence = gap.Sequence,
            node,
        }).ToList());
    }

    public static void Put(DbConnection writer, string node, IndexChange change)
    {
        switch (change)
        {
            case HoldSet { Hold: var hold }:
                Put(writer, hold);
                break;
            case ExtentsPurged { Extents: var extents }:
                writer.Execute(IndexStatements.PurgeExtent, extents.Select(it => new
                {
                    recorder = it.Recording.Recorder.Value,
                    recording = it.Recording.Recording.Value,
                    number = it.Number,
                    node,
                }).ToList());
                foreach (var recording in extents.Select(it => it.Recording).Distinct())
                    Recount(writer, recording, IndexStatements.RemovePurged);

                break;
            default:
                // A later version's change, about something that this version does not have.
                break;
        }
    }

    public static void Put(DbConnection writer, Hold hold)
    {
        writer.Execute(IndexStatements.PutHold, new
        {
            recorder = hold.Recording.Recorder.Value,
            recording = hold.Recording.Recording.Value,
            held = hold.IsHeld ? 1 : 0,
            version = hold.Version,
            node = hold.Node,
        });
        writer.Execute(IndexStatements.ApplyHold, Key(hold.Recording));
    }

    public static void Put(DbConnection writer, string node, IndexPosition position) => writer.Execute(
        IndexStatements.PutPosition,
        new { node, start = position.Journal.Start.ToString(), last = position.Journal.Number, change = position.Change });

    public static void Recount(DbConnection writer, RecordingKey recording, string remove)
    {
        var key = new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, numbers = Journal.NumbersOfATenure };
        writer.Execute(IndexStatements.CountStored, key);
        var isGone = writer.Execute(remove, key) == 1;
        writer.Execute(isGone ? IndexStatements.RemoveGaps : IndexStatements.RemoveGapsBefore, key);
        writer.Execute(isGone ? IndexStatements.RemoveMarks : IndexStatements.RemoveMarksBefore, key);
    }

    public static object Key(RecordingKey key) => new { recorder = key.Recorder.Value, recording = key.Recording.Value };

    private static object Columns(RecordingKey key, CatalogueChanges.RecordingChange change, long sequence) => new
    {
        recorder = key.Recorder.Value,
        recording = key.Recording.Value,
        folder = FolderOf(key),
        mimeType = change.MimeType ?? "",
        startedAt = (change.StartedAt ?? change.CapturedAt ?? change.SeenAt).UtcTicks,
        end = change.End.Ticks,
        bytes = change.Bytes,
        blobs = change.Blobs,
        durable = change.DurableThrough,
        sequence,
    };

    // Where the node that has it keeps it, relative to its data folder.
    public static string FolderOf(RecordingKey key) => $"{key.Recorder.Value}/{key.Recording.Value}";

    private static object Sequence(RecordingKey key, long sequence) =>
        new { recorder = key.Recorder.Value, recording = key.Recording.Value, sequence };

    private static object Columns(RecordingKey key, Stopped stopped) => new
    {
        recorder = key.Recorder.Value,
        recording = key.Recording.Value,
        reason = (int)stopped.Reason,
        crashed = stopped.Reason == StopReason.Crashed ? 1 : 0,
        at = stopped.At.UtcTicks,
        duration = stopped.Duration.Ticks,
        sequence = stopped.Sequence,
    };

    private static object Columns(string node, RecordingKey key, Extent extent) => new
    {
        recorder = key.Recorder.Value,
        recording = key.Recording.Value,
        number = extent.Number,
        epoch = extent.Epoch,
        node,
        name = Path.GetFileName(extent.Path),
        bytes = extent.Bytes,
        mediaTime = extent.MediaTime.Ticks,
        duration = extent.Duration.Ticks,
        capturedAt = extent.CapturedAt.UtcTicks,
        firstBlob = extent.FirstBlob,
        lastBlob = extent.LastBlob,
    };
}
