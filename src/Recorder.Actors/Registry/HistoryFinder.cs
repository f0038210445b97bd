using System.Collections.Concurrent;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

/// <summary>
/// Finds out what a recorder was before: recovers what a process that died left, and compares it with the catalogue. What is on disk and
/// was never announced is announced now; what the catalogue lost altogether is only put into it again.
/// </summary>
internal sealed class HistoryFinder(SqlCatalogue catalogue, string folder, TimeProvider time) : IHistoryFinder
{
    // What a process can have written between two transactions of the catalogue, and much more. Beyond it the catalogue was lost.
    private const int MostToAnnounce = 10_000;

    private readonly ConcurrentDictionary<RecorderId, SemaphoreSlim> _turns = new();

    /// <summary>The node's time; null takes every stamp as it is.</summary>
    public NodeClock? Clock { get; init; }

    public Task<FoundHistory> FindAsync(RecorderDefinition definition, CancellationToken cancellationToken) =>
        FindAsync(definition.Id, new Search((_, isLast) => isLast && definition.Desired != RecorderState.Inactive), cancellationToken);

    /// <summary>
    /// Completes what this folder has of a recorder that has recorded elsewhere since, or does now: what is not told yet is put into the
    /// journal late; that it ended here is not announced, because it may go on elsewhere.
    /// </summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="goesOn">The recording that this node goes on with.</param>
    /// <param name="reason">Why the others ended here.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the recorder goes on from; what was missing is in the journal already.</returns>
    public Task<FoundHistory> FindLeftAsync(RecorderId recorder, RecordingId? goesOn, StopReason reason, CancellationToken cancellationToken) =>
        FindAsync(recorder, new Search((recording, _) => recording == goesOn) { IsLeft = true, Reason = reason }, cancellationToken);

    /// <summary>Completes what recorders left that are defined no more, or in another place: nobody else will.</summary>
    /// <param name="recorders">Those.</param>
    /// <param name="cancellationToken">Ends it; the next start goes on.</param>
    public async Task CompleteAsync(IEnumerable<RecorderId> recorders, CancellationToken cancellationToken)
    {
        foreach (var recorder in recorders)
        {
            try
            {
                await InTurnAsync(recorder, () => CompleteAsync(recorder, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch (RecordingInUseException)
            {
                // The recorder that records there completes it.
            }
        }
    }

    /// <summary>Whose recordings there are.</summary>
    public IReadOnlyList<RecorderId> Recorders() =>
    [
        .. Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .Where(name => RecorderId.TryParse(name, out _)).Select(name => new RecorderId(name!)),
    ];

    private async Task<FoundHistory> CompleteAsync(RecorderId recorder, CancellationToken cancellationToken)
    {
        // One that was defined meanwhile is completed as it is made.
        if (CatalogueCheck.IsDefined(folder, recorder))
        {
            return new FoundHistory(new RecorderHistory(0, 0), []);
        }

        var past = await LookAsync(recorder, new Search((_, _) => false), cancellationToken).ConfigureAwait(false);
        await catalogue.Journal.AppendAsync(past.Missing, null, cancellationToken).ConfigureAwait(false);
        return past;
    }

    private Task<FoundHistory> FindAsync(RecorderId recorder, Search search, CancellationToken cancellationToken) =>
        InTurnAsync(recorder, () => LookAsync(recorder, search, cancellationToken), cancellationToken);

    // One look at a recorder's past at a time: each repairs the folder, and counts on from what the one before has put into the catalogue.
    private async Task<FoundHistory> InTurnAsync(RecorderId recorder, Func<Task<FoundHistory>> look, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(recorder, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await look().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<FoundHistory> LookAsync(RecorderId recorder, Search search, CancellationToken cancellationToken)
    {
        var events = new List<IEvent>();
        var last = await catalogue.Journal.LastSequenceAsync(recorder, cancellationToken).ConfigureAwait(false);
        var recordings = await Task.Run(() => Recordings(recorder), cancellationToken).ConfigureAwait(false);
        InterruptedRecording? interrupted = null;
        var stored = new HashSet<RecordingId>();
        var open = await OpenAsync(recorder, recordings, cancellationToken).ConfigureAwait(false);
        foreach (var (recording, known) in open)
        {
            var key = new RecordingKey(recorder, recording);
            // A clock that was wrong may have given one that ended before it a later name.
            var isLast = recording == recordings[^1] || (known is not null && recording == open[^1].Recording);
            var toContinue = search.GoesOn(recording, isLast);
            var recovered = await Task.Run(() => Recover(key, toContinue, search.Reason), cancellationToken).ConfigureAwait(false);
            if (recovered is null)
            {
                continue;
            }

            var reader = RecordingReader.Open(PathOf(key));
            // Before anything of it is forgotten: what was told once is not told again because blobs beside it are.
            var told = await ToldAsync(key, cancellationToken).ConfigureAwait(false);
            var seen = known is null ? 0 : await AgreeAsync(key, reader, told, cancellationToken).ConfigureAwait(false);
            if (recovered.Description is { StopReason: not null, Blobs: 0 })
            {
                // What ended without media was no recording. Of one whose start was told, the end is told below.
                await Task.Run(() => RemoveIfEmpty(key), cancellationToken).ConfigureAwait(false);
                continue;
            }

            stored.Add(recording);
            var lines = await Task.Run(() => reader.ReadAfter(seen), cancellationToken).ConfigureAwait(false);
            var goesOn = toContinue ? Clock?.CorrectEnd(recovered.Interrupted) ?? recovered.Interrupted : null;
            interrupted = goesOn ?? (search.IsLeft ? interrupted : null);
            var description = recovered.Description;
            var unseen = RecordedEvents.Build(
                key, known is null, description, [.. lines.Where(line => !told.Has(line))], goesOn is null,
                includeError: description.Error is not null
                    && !await catalogue.Journal.HasErrorSinceAsync(recorder, description.StartedAt, cancellationToken).ConfigureAwait(false),
                last, time.GetUtcNow());
            Stopped? endedHere = null;
            if (search.IsLeft && unseen is [.., Stopped end])
            {
                endedHere = end;
                unseen.RemoveAt(unseen.Count - 1);
            }

            if (unseen.Count > MostToAnnounce)
            {
                await catalogue.Journal.AppendAsync([], CatalogueChanges.WithoutSequences(unseen), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                last += unseen.Count;
                events.AddRange(unseen);
                if (search.IsLeft && unseen.Count > 0)
                {
                    await catalogue.Journal.AppendAsync(unseen, null, cancellationToken).ConfigureAwait(false);
                }
            }

            if (endedHere is not null)
            {
                // Behind all media of it: for the catalogue, what has more media goes on.
                await catalogue.Updates.ApplyAsync(CatalogueChanges.WithoutSequences([endedHere]), cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var key in await catalogue.ListOpenRecordingsAsync(recorder, cancellationToken).ConfigureAwait(false))
        {
            if (stored.Contains(key.Recording) || search.GoesOn(key.Recording, false))
            {
                continue;
            }

            // Its start was told before anything of it was on disk: nothing else says that it is over.
            var stopped = new Stopped(recorder, last + 1, time.GetUtcNow(), key.Recording, search.Reason);
            if (search.IsLeft)
            {
                await catalogue.Updates.ApplyAsync(CatalogueChanges.WithoutSequences([stopped]), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                events.Add(stopped);
                last++;
            }
        }

        return new FoundHistory(new RecorderHistory(last, recordings.Count, interrupted), events);
    }

    // The recordings that are not known to have ended, and what is known of them.
    private async Task<List<(RecordingId Recording, RecordingRow? Known)>> OpenAsync(
        RecorderId recorder, List<RecordingId> recordings, CancellationToken cancellationToken)
    {
        var open = new List<(RecordingId, RecordingRow?)>();
        foreach (var recording in recordings)
        {
            var known = await catalogue.FindRecordingAsync(new RecordingKey(recorder, recording), cancellationToken).ConfigureAwait(false);
            // What has no media was no recording, and its name says nothing.
            if (known is not { EndedAt: not null } && (known is not null || HasSomething(new RecordingKey(recorder, recording))))
            {
                open.Add((recording, known));
            }
        }

        return open;
    }

    private bool HasSomething(RecordingKey key) =>
        RecordingLayout.At(PathOf(key)) is var layout && (layout.Extents().Count > 0 || File.Exists(layout.Description));

    private List<RecordingId> Recordings(RecorderId recorder)
    {
        var owned = Path.Combine(folder, recorder.Value);
        return !Directory.Exists(owned) ? [] :
        [
            .. Directory.EnumerateDirectories(owned).Select(Path.GetFileName).Order(StringComparer.Ordinal)
                .Where(name => RecordingId.TryParse(name, out _)).Select(name => new RecordingId(name!)),
        ];
    }

    private string PathOf(RecordingKey key) => Path.Combine(folder, key.Recorder.Value, key.Recording.Value);

    private RecoveredRecording? Recover(RecordingKey key, bool toContinue, StopReason reason)
    {
        var layout = RecordingLayout.At(PathOf(key));
        return layout.Extents().Count == 0 && !File.Exists(layout.Description) ? null : RecordingRecovery.Recover(layout, toContinue, reason: reason);
    }

    // What a crash left of a recording without media; bytes that were set aside stay.
    private void RemoveIfEmpty(RecordingKey key)
    {
        var files = Directory.GetFiles(PathOf(key));
        var description = RecordingLayout.At(PathOf(key)).Description;
        if (Array.TrueForAll(files, file => file == description || new FileInfo(file).Length == 0))
        {
            LocalDisk.Instance.Remove(files, PathOf(key));
        }
    }

    /// <summary>
    /// Makes the catalogue forget what the folder does not have: a power cut took media that were announced and not durable yet, and the
    /// catalogue may have been on the platter before them. Their numbers are given again.
    /// </summary>
    /// <returns>The last blob that both have.</returns>
    private async Task<long> AgreeAsync(RecordingKey key, RecordingReader reader, Told told, CancellationToken cancellationToken)
    {
        var rows = await catalogue.ListExtentsAsync(key, null, null, cancellationToken).ConfigureAwait(false);
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            if (LastOf(rows[i], reader) is not { } last)
            {
                continue;
            }

            if (i < rows.Count - 1 || last.Number != rows[i].LastBlob)
            {
                await ForgetBehindAsync(key, last, reader, told, cancellationToken).ConfigureAwait(false);
            }

            return last.Number;
        }

        if (rows.Count > 0)
        {
            await ForgetBehindAsync(key, null, reader, told, cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    // Gaps and marks whose lines are there stay, whatever became of the blobs around them.
    private async Task ForgetBehindAsync(RecordingKey key, Blob? last, RecordingReader reader, Told told, CancellationToken cancellationToken)
    {
        var lines = await Task.Run(() => reader.ReadAfter(last?.Number ?? 0), cancellationToken).ConfigureAwait(false);
        await catalogue.Updates.TruncateAsync(key, last, CatalogueChanges.WithoutSequences(lines.Select(told.EventOf).OfType<IEvent>()), cancellationToken).ConfigureAwait(false);
    }

    private static Blob? LastOf(Extent row, RecordingReader reader)
    {
        for (var number = row.LastBlob; number >= row.FirstBlob; number--)
        {
            if (reader.FindBlob(number) is { } blob && blob.Extent == row.Number)
            {
                return blob;
            }
        }

        return null;
    }

    private async Task<Told> ToldAsync(RecordingKey key, CancellationToken cancellationToken) => new(
        await catalogue.ListGapsAsync(key, null, null, cancellationToken).ConfigureAwait(false),
        await catalogue.ListMarksAsync(key, cancellationToken).ConfigureAwait(false));

    /// <summary>The gaps and marks of a recording that the catalogue has heard of.</summary>
    private sealed record Told(IReadOnlyList<GapRecorded> Gaps, IReadOnlyList<Marked> Marks)
    {
        public bool Has(RecordedLine line) => EventOf(line) is not null;

        /// <summary>The event that told what a line says; null when none did.</summary>
        public IEvent? EventOf(RecordedLine line) => line switch
        {
            { Gap: { } gap } => Gaps.FirstOrDefault(
                old => old.Cause == gap.Cause && IsSame(old.MediaTime, gap.MediaTime) && IsSame(old.Duration, gap.Duration)
                    && IsSame(old.From - gap.From, TimeSpan.Zero)),
            { Mark: { } mark } => Marks.FirstOrDefault(old => old.Label == mark.Label && IsSame(old.MediaTime, mark.MediaTime)),
            _ => null,
        };

        // The index keeps times to the microsecond.
        private static bool IsSame(TimeSpan one, TimeSpan other) => (one - other).Duration() < TimeSpan.FromMilliseconds(1);
    }

    /// <summary>What is looked for.</summary>
    /// <param name="GoesOn">Whether a recording that was not ended goes on: by its name, and whether it is the last.</param>
    private sealed record Search(Func<RecordingId, bool, bool> GoesOn)
    {
        /// <summary>Whether another node may have gone on with it.</summary>
        public bool IsLeft { get; init; }

        public StopReason Reason { get; init; } = StopReason.Crashed;
    }
}
