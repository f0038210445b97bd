using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Recovery;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue.Repair;

/// <summary>Unusable says why the catalogue cannot be used at all; null when it can.</summary>
internal sealed record CatalogueFindings(string? Unusable, IReadOnlyList<(RecordingKey Recording, string Problem)> Wrong)
{
    public bool IsWell => Unusable is null && Wrong.Count == 0;
}

/// <summary>Compares the catalogue of a data folder with the recordings in it. Differences that a node resolves when it starts
/// are no problem; recordings that are being written are skipped.</summary>
internal static class CatalogueCheck
{
    public static CatalogueFindings Run(string data)
    {
        var (file, root) = (Path.Combine(data, "catalogue.db"), Path.Combine(data, "recordings"));
        if (!File.Exists(file))
            return new CatalogueFindings(RecordingTree.Find(root).Any() ? "catalogue.db is missing" : null, []);

        try
        {
            using var connection = Open(file);
            var check = connection.ExecuteScalar<string>("PRAGMA quick_check(1);");
            return check == "ok"
                ? new CatalogueFindings(null, [.. Compare(connection, root)])
                : new CatalogueFindings($"catalogue.db is damaged: {check}", []);
        }
        catch (SqliteException failed)
        {
            return new CatalogueFindings($"catalogue.db cannot be read: {failed.Message}", []);
        }
    }

    /// <summary>Opens the database beside the node's own connections, without a connection pool.</summary>
    internal static SqliteConnection Open(string file)
    {
        const int ReadOnly = 8;
        const int CannotOpen = 14;
        try
        {
            return Open(file, SqliteOpenMode.ReadWrite);
        }
        catch (SqliteException refused) when (refused.SqliteErrorCode is ReadOnly or CannotOpen)
        {
            // A user with read permission only can compare while no node is writing.
            return Open(file, SqliteOpenMode.ReadOnly);
        }
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode) => SqliteDatabase.Open(
        new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());

    // Retention may be running: it changes rows before it deletes files, and removes rows after. So suspicions are checked again.
    private static IEnumerable<(RecordingKey, string)> Compare(DbConnection connection, string root)
    {
        var rows = connection.Query<(string Recorder, string Recording, string Folder, long? EndedAt, long Blobs)>(
                "SELECT recorder, recording, folder, ended_at, blobs FROM recordings ORDER BY recorder, recording")
            .ToDictionary(row => new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording)));
        // A recording without media has no folder: it was just started, or its node stopped before the first blob.
        foreach (var (key, row) in rows.Where(row => row.Value.Blobs > 0))
        {
            var folder = Path.Combine(root, row.Folder);
            if (!Directory.Exists(folder) && !File.Exists(folder) && connection.ExecuteScalar<long>(
                "SELECT COUNT(*) FROM recordings WHERE recorder = @Recorder AND recording = @Recording", new { row.Recorder, row.Recording }) > 0)
            {
                yield return (key, "its folder is gone, but the catalogue still lists it");
            }
        }

        foreach (var layout in Recordings(root))
        {
            var key = KeyOf(layout);
            var isOver = StorageJson.ReadDescription(layout.Description)?.StopReason is not null;
            var known = rows.TryGetValue(key, out var row);
            if (!isOver || (!(known && row.EndedAt is not null) && IsDefined(root, key.Recorder)))
            {
                // It is being recorded, or the node of its recorder completes the row at its next start.
                continue;
            }

            if (!known || row.EndedAt is null)
                yield return (key, known ? "it has ended, but the catalogue says that it has not" : "the catalogue does not list it");
            else if (ExtentProblem(connection, key, layout) is { } problem)
                yield return (key, problem);
        }
    }

    private static string? ExtentProblem(DbConnection connection, RecordingKey key, RecordingLayout layout)
    {
        var files = layout.Extents().Select(extent => new FileInfo(extent.Path)).Where(file => file is { Exists: true, Length: > 0 })
            .ToDictionary(file => file.Name, StringComparer.Ordinal);
        var rows = connection.Query<(string Name, long Bytes, long Deleted)>(
            "SELECT name, bytes, deleted FROM extents WHERE recorder = @recorder AND recording = @recording ORDER BY number",
            new { recorder = key.Recorder.Value, recording = key.Recording.Value }).ToDictionary(row => row.Name, StringComparer.Ordinal);
        if (rows.Values.FirstOrDefault(row => row.Deleted == 0 && !files.ContainsKey(row.Name)) is { Name: { } gone })
            return $"its extent {gone} is gone, but the catalogue still lists it";

        if (files.Values.FirstOrDefault(file => !rows.ContainsKey(file.Name) && File.Exists(file.FullName)) is { } unknown)
            return $"the catalogue does not list its extent {unknown.Name}";

        return rows.Values.FirstOrDefault(row => row.Deleted == 0 && files[row.Name].Length < row.Bytes) is { Name: { } shorter }
            ? $"its extent {shorter} has {files[shorter].Length} bytes, but {rows[shorter].Bytes} in the catalogue"
            : null;
    }

    internal static IEnumerable<RecordingLayout> Recordings(string root) =>
        !Directory.Exists(root) ? [] : Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
            .Where(recorder => RecorderId.TryParse(Path.GetFileName(recorder), out _))
            .SelectMany(recorder => Directory.EnumerateDirectories(recorder).Order(StringComparer.Ordinal))
            .Where(recording => RecordingId.TryParse(Path.GetFileName(recording), out _))
            .Select(RecordingLayout.At).Where(HasMedia);

    private static bool HasMedia(RecordingLayout layout) => layout.Extents().Any(extent => new FileInfo(extent.Path) is { Exists: true, Length: > 0 });

    internal static RecordingKey KeyOf(RecordingLayout layout) =>
        new(new RecorderId(Path.GetFileName(Path.GetDirectoryName(layout.Folder)!)), new RecordingId(Path.GetFileName(layout.Folder)));

    internal static bool IsDefined(string root, RecorderId recorder) => File.Exists(Path.Combine(root, recorder.Value, "recorder.json"));
}
