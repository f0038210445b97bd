using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue.Repair;

/// <summary>Replaces wrong recordings by what their folders say; sets a catalogue that cannot be used aside and rebuilds it. No
/// node may be running on the folder.</summary>
internal static class CatalogueRepair
{
    private static readonly string[] Suffixes = ["-wal", "-shm", ""];

    /// <summary>Returns a sentence for each repair; cancelling stops between two recordings.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(string data, TimeProvider time, CancellationToken cancellationToken)
    {
        data = Path.GetFullPath(data);
        using var folder = FolderLock.Take(data);
        var found = CatalogueCheck.Run(data);
        if (found.IsWell)
            return [];

        var (file, root) = (Path.Combine(data, "catalogue.db"), Path.Combine(data, "recordings"));
        var repairs = new List<string>();
        // A catalogue that can be used keeps its own holds.
        var held = found.Unusable is null ? [] : HeldIn(file);
        if (found.Unusable is not null && SetAside(file) is { } aside)
            repairs.Add($"{found.Unusable}; the file is kept as {Path.GetFileName(aside)}");

        await using var catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(file), new CatalogueOptions { Root = root }, NoCipher.Instance, cancellationToken).ConfigureAwait(false);
        var wrong = found.Unusable is null ? found.Wrong.Select(problem => problem.Recording).ToHashSet() : null;
        var (count, now) = (0, time.GetUtcNow());
        foreach (var layout in CatalogueCheck.Recordings(root).Where(layout => wrong?.Contains(CatalogueCheck.KeyOf(layout)) ?? true))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = CatalogueCheck.KeyOf(layout);
            await catalogue.Updates.ReplaceAsync(key, ChangesOf(key, layout, now), cancellationToken).ConfigureAwait(false);
            wrong?.Remove(key);
            count++;
        }

        foreach (var key in held)
            await catalogue.SetHoldAsync(key, held: true, cancellationToken).ConfigureAwait(false);

        foreach (var gone in wrong ?? [])
        {
            await catalogue.Updates.ReplaceAsync(gone, new CatalogueChanges(), cancellationToken).ConfigureAwait(false);
            repairs.Add($"{gone} was removed from the catalogue: its files are gone");
        }

        repairs.Add($"{count} recordings were entered from their folders");
        return repairs;
    }

    private static CatalogueChanges ChangesOf(RecordingKey key, RecordingLayout layout, DateTimeOffset now)
    {
        if (StorageJson.ReadDescription(layout.Description) is not { } description)
            return new CatalogueChanges();

        var lines = RecordingReader.Open(layout.Folder).ReadAfter(0);
        var existing = layout.Extents().Select(extent => extent.Path).ToHashSet(StringComparer.Ordinal);
        return CatalogueChanges.WithoutSequences(RecordedEvents.Build(
            key, includeStart: true, description, [.. lines.Where(line => line.Blob is null || existing.Contains(line.Blob.Path))],
            includeStop: description.StopReason is not null, includeError: false, last: 0, now));
    }

    // Holds are only in the catalogue: a damaged one is read as far as possible.
    private static List<RecordingKey> HeldIn(string file)
    {
        if (!File.Exists(file))
            return [];

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
            return null;

        var number = 1;
        while (File.Exists($"{file}.bad-{number}"))
            number++;

        foreach (var suffix in Suffixes.Where(suffix => File.Exists(file + suffix)))
            File.Move(file + suffix, $"{file}.bad-{number}{suffix}");

        return $"{file}.bad-{number}";
    }
}
