using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// Makes the catalogue of a data folder say what the folders say: recordings that it has wrong are put into it anew, and one that cannot be
/// used is set aside and made again from the folders alone. No node may run on the folder.
/// </summary>
internal static class CatalogueRepair
{
    private static readonly string[] Parts = ["-wal", "-shm", ""];

    /// <summary>Repairs.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="time">Wall clock.</param>
    /// <param name="cancellationToken">Ends it; what is done is done.</param>
    /// <returns>What was done, a sentence each.</returns>
    /// <exception cref="IOException">A node runs on the folder, or it cannot be written to.</exception>
    /// <exception cref="CatalogueUnavailableException">A new one cannot be made either.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(string data, TimeProvider time, CancellationToken cancellationToken)
    {
        data = Path.GetFullPath(data);
        using var folder = FolderLock.Take(data);
        var found = CatalogueCheck.Run(data);
        if (found.IsWell)
        {
            return [];
        }

        var (file, root) = (Path.Combine(data, "catalogue.db"), Path.Combine(data, "recordings"));
        var repairs = new List<string>();
        // One that is whole keeps its own.
        var held = found.Unusable is null ? [] : HeldIn(file);
        if (found.Unusable is not null && SetAside(file) is { } aside)
        {
            repairs.Add($"{found.Unusable}; it is kept as {Path.GetFileName(aside)}");
        }

        await using var catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(file), new CatalogueOptions { Root = root }, NoSeal.Instance, cancellationToken).ConfigureAwait(false);
        var wrong = found.Unusable is null ? found.Wrong.Select(it => it.Recording).ToHashSet() : null;
        var (count, now) = (0, time.GetUtcNow());
        foreach (var layout in CatalogueCheck.Recordings(root).Where(layout => wrong?.Contains(CatalogueCheck.KeyOf(layout)) ?? true))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = CatalogueCheck.KeyOf(layout);
            await catalogue.ReplaceAsync(key, ChangesOf(key, layout, now), cancellationToken).ConfigureAwait(false);
            wrong?.Remove(key);
            count++;
        }

        foreach (var key in held)
        {
            await catalogue.SetHoldAsync(key, held: true, cancellationToken).ConfigureAwait(false);
        }

        foreach (var gone in wrong ?? [])
        {
            await catalogue.ReplaceAsync(gone, new CatalogueChanges(), cancellationToken).ConfigureAwait(false);
            repairs.Add($"{gone} is gone, and no longer in it");
        }

        repairs.Add($"{count} recordings were put into it from their folders");
        return repairs;
    }

    private static CatalogueChanges ChangesOf(RecordingKey key, RecordingLayout layout, DateTimeOffset now)
    {
        if (StorageJson.ReadDescription(layout.Description) is not { } description)
        {
            return new CatalogueChanges();
        }

        var lines = RecordingReader.Open(layout.Folder).ReadAfter(0);
        var there = layout.Extents().Select(extent => extent.Path).ToHashSet(StringComparer.Ordinal);
        return CatalogueChanges.OfLost(RecordedEvents.Of(
            key, begins: true, description, [.. lines.Where(line => line.Blob is null || there.Contains(line.Blob.Path))],
            isOver: description.StopReason is not null, tellsError: false, last: 0, now));
    }

    // What only the catalogue knows. From one that is damaged as far as it can be read.
    private static List<RecordingKey> HeldIn(string file)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        try
        {
            using var connection = CatalogueCheck.Open(file);
            return
            [
                .. connection.Query<(string Recorder, string Recording)>("SELECT recorder, recording FROM recordings WHERE held = 1")
                    .Select(row => new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording))),
            ];
        }
        catch (SqliteException)
        {
            return [];
        }
    }

    private static string? SetAside(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var number = 1;
        while (File.Exists($"{file}.bad-{number}"))
        {
            number++;
        }

        foreach (var part in Parts.Where(part => File.Exists(file + part)))
        {
            File.Move(file + part, $"{file}.bad-{number}{part}");
        }

        return $"{file}.bad-{number}";
    }
}
