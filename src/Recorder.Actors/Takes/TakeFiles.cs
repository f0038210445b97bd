using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Takes;

/// <summary>
/// Stores takes, <c>{folder}/{take}.json</c>, and the last number of each scene, <c>{folder}/numbers.json</c>. Every call may block; what was
/// written is durable when it returns.
/// </summary>
internal sealed class TakeFiles(string folder, IDisk disk, ILogger logger)
{
    private const string Numbers = "numbers.json";

    // Of the newest: the rest is read when it is asked for.
    private const int MostRead = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<TakeId, TakeVersion> _written = [];

    /// <summary>Reads the newest takes, the oldest first; a file that cannot be read is logged and left as it is.</summary>
    public IReadOnlyList<Take> ReadNewest()
    {
        if (!Directory.Exists(folder))
            return [];

        var paths = Directory.EnumerateFiles(folder, "*.json").Where(path => Path.GetFileName(path) != Numbers).Order(StringComparer.Ordinal);
        return [.. paths.TakeLast(MostRead).Select(Read).OfType<Take>()];
    }

    public Take? Find(TakeId take) => Path.Combine(folder, take + ".json") is var path && File.Exists(path) ? Read(path) : null;

    /// <summary>Writes a take, unless a newer copy of it was written meanwhile.</summary>
    public void Write(Take take)
    {
        lock (_gate)
        {
            if (_written.TryGetValue(take.Id, out var version) && version > TakeVersion.Of(take))
                return;

            disk.CreateFolder(folder);
            disk.Replace(Path.Combine(folder, take.Id + ".json"), Encoding.UTF8.GetBytes(ProtocolJson.Write(take)));
            if (_written.Count >= MostRead)
                _written.Clear();

            _written[take.Id] = TakeVersion.Of(take);
        }
    }

    /// <summary>Reserves the next number of a scene, which no other take gets even if this one is never made.</summary>
    /// <param name="known">The takes there are: the file of numbers may have been lost.</param>
    public int NextNumber(Slate slate, IEnumerable<Take> known)
    {
        lock (_gate)
        {
            var (scene, highest) = (SceneOf(slate), HighestOf(SceneOf(slate), known));
            var next = Math.Max(highest, Reserve(scene, highest)) + 1;
            Reserve(scene, next);
            return next;
        }
    }

    /// <summary>Reserves a number of a scene, if it is above all that are reserved.</summary>
    /// <returns>The highest number that was reserved before: the number was refused if it is not above that.</returns>
    public int Reserve(string scene, int number)
    {
        // One at a time: the file is read and replaced.
        lock (_gate)
        {
            var numbers = ReadNumbers();
            var before = numbers.GetValueOrDefault(scene);
            if (number > before)
            {
                numbers[scene] = number;
                disk.CreateFolder(folder);
                disk.Replace(Path.Combine(folder, Numbers), Encoding.UTF8.GetBytes(Write(numbers)));
            }

            return before;
        }
    }

    /// <summary>The highest number that a take of a scene has.</summary>
    public static int HighestOf(string scene, IEnumerable<Take> known) =>
        known.Where(take => SceneOf(take.Slate) == scene).Select(take => take.Slate.Take).DefaultIfEmpty().Max();

    /// <summary>The name of a scene in its project. Names of files do not tell cases apart everywhere.</summary>
    public static string SceneOf(Slate slate) => $"{slate.Project}\n{slate.Scene}".ToUpperInvariant();

    public long? FreeBytes(string volume) => IDisk.FindFreeBytes(disk, volume);

    private Take? Read(string path)
    {
        try
        {
            return ProtocolJson.Read<Take>(File.ReadAllText(path));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            TakesLog.Unreadable(logger, path, failed.Message);
            return null;
        }
    }

    private SortedDictionary<string, int> ReadNumbers()
    {
        var numbers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var path = Path.Combine(folder, Numbers);
        if (!File.Exists(path))
            return numbers;

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var scene in document.RootElement.EnumerateObject())
                numbers[scene.Name] = scene.Value.GetInt32();
        }
        catch (Exception failed) when (failed is JsonException or FormatException or InvalidOperationException)
        {
            // The takes say which numbers are in use.
            TakesLog.Unreadable(logger, path, failed.Message);
        }

        return numbers;
    }

    private static string Write(SortedDictionary<string, int> numbers)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var (scene, number) in numbers)
                json.WriteNumber(scene, number);

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
