using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Retention;

/// <summary>
/// Deletes whole extents, oldest first, when they are too old, when a recorder has too many bytes, or when the volume needs free
/// space. Each sweep first finishes the deletions of the last one, which may have failed. Readers of a deleted extent have it
/// open and can read on. While the system clock is not trusted nothing is deleted by its age.
/// </summary>
internal sealed class RetentionSweep(
    IRetentionStore store, Func<CancellationToken, Task<IReadOnlyList<RecorderDefinition>>> definitions, string folder, RetentionOptions options,
    NodeClock clock, IDisk disk, ILogger logger)
{
    private const int BatchSize = 200;

    /// <returns>How many extents were deleted.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var removed = await FinishLastSweepAsync(cancellationToken).ConfigureAwait(false);
        await StoreClockAsync(cancellationToken).ConfigureAwait(false);
        var policies = await definitions(cancellationToken).ConfigureAwait(false);
        var usage = await store.ListUsageAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (recorder, bytes) in usage)
        {
            if (policies.FirstOrDefault(definition => definition.Id == recorder) is { Retention: { } retention })
                removed += await ApplyPolicyAsync(recorder, retention, bytes, cancellationToken).ConfigureAwait(false);
        }

        removed += await MakeRoomAsync([.. usage.Select(entry => entry.Recorder)], cancellationToken).ConfigureAwait(false);
        // Even while the clock is not trusted, since no media is lost.
        await store.ForgetEmptyAsync(DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
        return removed;
    }

    // The volume may be too full to store the clock; the rest of the sweep makes room.
    private async Task StoreClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.KeepClockAsync(clock, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException full)
        {
            RetentionLog.ClockNotStored(logger, full.Message);
        }
    }

    // Deletes the extents that an earlier sweep, of this process or the last, marked as deleted.
    private async Task<int> FinishLastSweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        while (await store.ListDeletedAsync(BatchSize, cancellationToken).ConfigureAwait(false) is { Count: > 0 } marked)
        {
            var gone = await UnlinkAsync(marked, cancellationToken).ConfigureAwait(false);
            removed += gone;
            if (gone < marked.Count)
                break;
        }

        return removed;
    }

    private async Task<int> ApplyPolicyAsync(RecorderId recorder, RetentionPolicy policy, long bytes, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            var oldest = policy.MaxAge is { } age && clock.ReadClocks() is { CanTellAge: true } now ? now.Time - age : DateTimeOffset.MinValue;
            var candidates = await store.ListRemovableAsync(recorder, BatchSize, cancellationToken).ConfigureAwait(false);
            var excess = candidates.TakeWhile(extent =>
            {
                var isExcess = extent.EndsAt < oldest || bytes > (policy.MaxBytes ?? long.MaxValue);
                bytes -= isExcess ? extent.Extent.Bytes : 0;
                return isExcess;
            }).ToList();
            removed += await RemoveAsync(excess, cancellationToken).ConfigureAwait(false);
            if (excess.Count < candidates.Count || excess.Count == 0)
                return removed;
        }
    }

    private async Task<int> MakeRoomAsync(IReadOnlyList<RecorderId> recorders, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (MissingBytes() is > 0 and var missing)
        {
            var candidates = new List<StoredExtent>();
            foreach (var recorder in recorders)
                candidates.AddRange(await store.ListRemovableAsync(recorder, BatchSize, cancellationToken).ConfigureAwait(false));

            var excess = new List<StoredExtent>();
            foreach (var extent in candidates.OrderBy(extent => extent.RecordedAt).Take(BatchSize))
            {
                if (missing <= 0)
                    break;

                excess.Add(extent);
                missing -= extent.Extent.Bytes;
            }

            var gone = await RemoveAsync(excess, cancellationToken).ConfigureAwait(false);
            removed += gone;
            if (gone == 0)
            {
                RetentionLog.NothingToRemove(logger, folder, MissingBytes());
                break;
            }
        }

        return removed;
    }

    private long MissingBytes()
    {
        var (free, total) = options.Space(folder);
        return options.MinimumFreeOf(total) - free - options.TemporaryBytes();
    }

    private async Task<int> RemoveAsync(List<StoredExtent> extents, CancellationToken cancellationToken)
    {
        if (extents.Count == 0)
            return 0;

        RetentionLog.Removes(logger, extents.Count, extents[0].Recording, extents.Sum(extent => extent.Extent.Bytes));
        try
        {
            await store.MarkDeletedAsync(extents, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // The volume may be too full even for this mark: deleting one file makes room for it. If the power fails right after,
            // the next sweep finds the file already deleted.
            File.Delete(extents[0].Extent.Path);
            await store.MarkDeletedAsync(extents, cancellationToken).ConfigureAwait(false);
        }

        return await UnlinkAsync(extents, cancellationToken).ConfigureAwait(false);
    }

    // Only extents that are durably unlinked are purged: names that may reappear after a power cut stay marked as deleted.
    private async Task<int> UnlinkAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken)
    {
        var gone = new List<StoredExtent>();
        foreach (var recording in extents.GroupBy(extent => extent.Folder))
        {
            var unlinked = recording.Where(extent => Attempt(extent.Extent.Path, () => File.Delete(extent.Extent.Path))).ToList();
            if (Attempt(recording.Key, () => DeleteRest(recording.Key)))
                gone.AddRange(unlinked);
        }

        await store.PurgeAsync(gone, cancellationToken).ConfigureAwait(false);
        return gone.Count;
    }

    // Deletes the segments of the index file that describe only deleted extents; after the last extent of an ended recording, its
    // folder.
    private void DeleteRest(string recording)
    {
        if (!Directory.Exists(recording))
            return;

        var layout = RecordingLayout.At(recording);
        if (layout.Extents() is [var first, ..])
        {
            foreach (var segment in layout.SpentIndexSegments(first.Number))
                File.Delete(segment);

            disk.FlushFolder(recording);
        }
        else if (IsRecordingFolder(recording) && StorageJson.ReadDescription(layout.Description)?.StopReason is not null)
        {
            Directory.Delete(recording, recursive: true);
            disk.FlushFolder(Path.GetDirectoryName(recording)!);
        }
        else
        {
            disk.FlushFolder(recording);
        }
    }

    // Only folders {folder}/{recorder}/{recording} are ever deleted as a whole.
    private bool IsRecordingFolder(string recording) =>
        Path.GetFullPath(Path.Combine(recording, "..", "..")) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private bool Attempt(string path, Action remove)
    {
        try
        {
            remove();
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            RetentionLog.NotRemoved(logger, path, exception.Message);
            return false;
        }
    }
}
