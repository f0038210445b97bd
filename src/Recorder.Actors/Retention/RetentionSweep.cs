using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Retention;

/// <summary>
/// Takes away what is too old, too much, or in the way of what is being recorded: whole extents, oldest first. What one sweep does not
/// finish, because the disk refuses or the power goes, the next one does. Who reads an extent that goes has it open and reads on. As long as the
/// system clock is not trusted nothing goes by its age.
/// </summary>
internal sealed class RetentionSweep(
    IRetentionStore index, Func<CancellationToken, Task<IReadOnlyList<RecorderDefinition>>> definitions, string folder, RetentionOptions options,
    NodeClock clock, IDisk disk, ILogger logger)
{
    private const int AtOnce = 200;

    /// <summary>One sweep.</summary>
    /// <returns>Extents that are gone.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var removed = await FinishAsync(cancellationToken).ConfigureAwait(false);
        await KeepClockAsync(cancellationToken).ConfigureAwait(false);
        var policies = await definitions(cancellationToken).ConfigureAwait(false);
        var usage = await index.ListUsageAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (recorder, bytes) in usage)
        {
            if (policies.FirstOrDefault(definition => definition.Id == recorder) is { Retention: { } retention })
            {
                removed += await KeepToAsync(recorder, retention, bytes, cancellationToken).ConfigureAwait(false);
            }
        }

        removed += await MakeRoomAsync([.. usage.Select(entry => entry.Recorder)], cancellationToken).ConfigureAwait(false);
        // Whatever the clock says: there is nothing of them to lose.
        await index.ForgetEmptyAsync(DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
        return removed;
    }

    // A volume may be so full that this cannot be kept: what follows makes room.
    private async Task KeepClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            await index.KeepClockAsync(clock, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException full)
        {
            RetentionLog.ClockNotKept(logger, full.Message);
        }
    }

    // What an earlier sweep, of this process or the last, did not finish.
    private async Task<int> FinishAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        while (await index.ListDeletedAsync(AtOnce, cancellationToken).ConfigureAwait(false) is { Count: > 0 } tombs)
        {
            var gone = await UnlinkAsync(tombs, cancellationToken).ConfigureAwait(false);
            removed += gone;
            if (gone < tombs.Count)
            {
                break;
            }
        }

        return removed;
    }

    private async Task<int> KeepToAsync(RecorderId recorder, RetentionPolicy policy, long bytes, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            var oldest = policy.MaxAge is { } age && clock.ReadClocks() is { CanTellAge: true } now ? now.Time - age : DateTimeOffset.MinValue;
            var candidates = await index.ListRemovableAsync(recorder, AtOnce, cancellationToken).ConfigureAwait(false);
            var excess = candidates.TakeWhile(extent =>
            {
                var goes = extent.EndsAt < oldest || bytes > (policy.MaxBytes ?? long.MaxValue);
                bytes -= goes ? extent.Extent.Bytes : 0;
                return goes;
            }).ToList();
            removed += await RemoveAsync(excess, cancellationToken).ConfigureAwait(false);
            if (excess.Count < candidates.Count || excess.Count == 0)
            {
                return removed;
            }
        }
    }

    private async Task<int> MakeRoomAsync(IReadOnlyList<RecorderId> recorders, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (Missing() is > 0 and var missing)
        {
            var candidates = new List<StoredExtent>();
            foreach (var recorder in recorders)
            {
                candidates.AddRange(await index.ListRemovableAsync(recorder, AtOnce, cancellationToken).ConfigureAwait(false));
            }

            var excess = new List<StoredExtent>();
            foreach (var extent in candidates.OrderBy(extent => extent.RecordedAt).Take(AtOnce))
            {
                if (missing <= 0)
                {
                    break;
                }

                excess.Add(extent);
                missing -= extent.Extent.Bytes;
            }

            var gone = await RemoveAsync(excess, cancellationToken).ConfigureAwait(false);
            removed += gone;
            if (gone == 0)
            {
                RetentionLog.NothingToRemove(logger, folder, Missing());
                break;
            }
        }

        return removed;
    }

    private long Missing()
    {
        var (free, total) = options.Space(folder);
        return options.MinimumFreeOf(total) - free - options.TemporaryBytes();
    }

    private async Task<int> RemoveAsync(List<StoredExtent> extents, CancellationToken cancellationToken)
    {
        if (extents.Count == 0)
        {
            return 0;
        }

        RetentionLog.Removes(logger, extents.Count, extents[0].Recording, extents.Sum(extent => extent.Extent.Bytes));
        try
        {
            await index.MarkDeletedAsync(extents, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // The volume may be so full that not even this can be noted: one file that goes makes room for the note. Should the power go
            // right then, the next sweep finds the file gone already.
            File.Delete(extents[0].Extent.Path);
            await index.MarkDeletedAsync(extents, cancellationToken).ConfigureAwait(false);
        }

        return await UnlinkAsync(extents, cancellationToken).ConfigureAwait(false);
    }

    // Purged is only what is surely gone: names that may come back after a power cut stay entombed.
    private async Task<int> UnlinkAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken)
    {
        var gone = new List<StoredExtent>();
        foreach (var recording in extents.GroupBy(extent => extent.Folder))
        {
            var unlinked = recording.Where(extent => Attempt(extent.Extent.Path, () => File.Delete(extent.Extent.Path))).ToList();
            if (Attempt(recording.Key, () => Tidy(recording.Key)))
            {
                gone.AddRange(unlinked);
            }
        }

        await index.PurgeAsync(gone, cancellationToken).ConfigureAwait(false);
        return gone.Count;
    }

    // With the last extent of a recording that has ended the rest of it goes; before, segments of the index that speak of none that is left.
    private void Tidy(string recording)
    {
        if (!Directory.Exists(recording))
        {
            return;
        }

        var layout = RecordingLayout.At(recording);
        if (layout.Extents() is [var first, ..])
        {
            foreach (var segment in layout.SpentIndexSegments(first.Number))
            {
                File.Delete(segment);
            }

            disk.FlushFolder(recording);
        }
        else if (IsOurs(recording) && StorageJson.ReadDescription(layout.Description)?.StopReason is not null)
        {
            Directory.Delete(recording, recursive: true);
            disk.FlushFolder(Path.GetDirectoryName(recording)!);
        }
        else
        {
            disk.FlushFolder(recording);
        }
    }

    // {folder}/{recorder}/{recording}: nothing else is ever removed as a whole.
    private bool IsOurs(string recording) =>
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
