using Microsoft.Extensions.Configuration;

namespace Recorder.Node.Configuration;

/// <summary>
/// Reads options from a file, the environment and flags; later ones win, lists as a whole. What nobody knows stops it: a key that was
/// misspelled must not leave a node open that its owner thinks is closed.
/// </summary>
internal static class SettingReader
{
    /// <summary>What variables of the environment begin with.</summary>
    public const string Prefix = "RECORDER_";

    /// <summary>The variable that names the file.</summary>
    public const string FileVariable = Prefix + "CONFIG";

    // Not of a node's configuration.
    private static readonly HashSet<string> OtherVariables =
        new(StringComparer.Ordinal) { FileVariable, Prefix + "FFMPEG_DIR", Prefix + "STATS", Prefix + "SEED", Prefix + "SOURCE", Prefix + "API_KEY", Prefix + "URL" };

    /// <summary>Reads everything.</summary>
    /// <param name="file">The file that a flag names; null takes the environment's.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="flags">Values of flags by key.</param>
    /// <param name="problem">What is wrong, as a sentence, when null is returned.</param>
    public static ServeOptions? Read(
        string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, IReadOnlyList<string>> flags, out string problem)
    {
        var values = new Dictionary<string, (IReadOnlyList<string> Values, string Origin)>(StringComparer.Ordinal);
        file ??= environment.GetValueOrDefault(FileVariable);
        problem = (file is null ? null : AddFile(file, values)) ?? AddEnvironment(environment, values) ?? "";
        if (problem.Length > 0)
        {
            return null;
        }

        foreach (var (key, given) in flags)
        {
            values[key] = (given, NodeSettings.All.First(setting => setting.Key == key).Flag);
        }

        if (!values.ContainsKey("data"))
        {
            problem = "Where to? Say --data DIR: recordings, catalogue and keys are kept there.";
            return null;
        }

        var options = new ServeOptions { DataFolder = "" };
        foreach (var setting in NodeSettings.All.Where(setting => values.ContainsKey(setting.Key)))
        {
            var (given, origin) = values[setting.Key];
            var wrong = given.Count == 1 || setting.IsList ? "" : "takes one value.";
            if (wrong.Length > 0 || setting.Apply(options, given, out wrong) is not { } changed)
            {
                problem = $"{origin} {wrong}";
                return null;
            }

            options = changed;
        }

        return options;
    }

    private static string? AddFile(string file, Dictionary<string, (IReadOnlyList<string>, string)> values)
    {
        IConfigurationRoot read;
        try
        {
            read = new ConfigurationBuilder().AddJsonStream(new MemoryStream(File.ReadAllBytes(file))).Build();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"The configuration '{file}' cannot be read: {error.Message}";
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            return $"The configuration '{file}' is no JSON: {(error.InnerException ?? error).Message}";
        }

        using var disposing = (IDisposable)read;
        foreach (var section in read.GetChildren())
        {
            // The configuration's keys do not distinguish case; its file does, so that what is shown is what is meant.
            if (NodeSettings.All.FirstOrDefault(setting => setting.Key == section.Key) is not { } setting)
            {
                return $"'{file}' has the unknown key '{section.Key}'{Nearest(section.Key, NodeSettings.All.Select(known => known.Key))}";
            }

            var items = section.GetChildren().ToList();
            if (items.Exists(item => item.Value is null || !int.TryParse(item.Key, out _)) || (items.Count > 0 && !setting.IsList))
            {
                return $"'{file}': {setting.Key} takes {(setting.IsList ? "a list of texts" : "one value")}, not what stands there.";
            }

            var origin = $"'{file}': {setting.Key}";
            values[setting.Key] = (section.Value is { Length: > 0 } value ? [value] : [.. items.Select(item => item.Value!)], origin);
            if (!setting.IsList && section.Value is not { Length: > 0 })
            {
                return $"{origin} has no value: write it, or leave it out.";
            }
        }

        return null;
    }

    private static string? AddEnvironment(
        IReadOnlyDictionary<string, string> environment, Dictionary<string, (IReadOnlyList<string>, string)> values)
    {
        foreach (var (name, value) in environment.Where(it => it.Key.StartsWith(Prefix, StringComparison.Ordinal) && !OtherVariables.Contains(it.Key)))
        {
            if (NodeSettings.All.FirstOrDefault(setting => setting.Variable == name) is not { } setting)
            {
                return $"The environment has the unknown variable '{name}'{Nearest(name, NodeSettings.All.Select(known => known.Variable))}";
            }

            values[setting.Key] = (
                setting.IsList ? value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [value], name);
        }

        return null;
    }

    private static string Nearest(string unknown, IEnumerable<string> known)
    {
        var best = known.MinBy(candidate => Spelling.Distance(unknown.ToUpperInvariant(), candidate.ToUpperInvariant()))!;
        return Spelling.Distance(unknown.ToUpperInvariant(), best.ToUpperInvariant()) <= Math.Max(2, unknown.Length / 3)
            ? $": did you mean '{best}'?"
            : "; docs/reference/configuration.md lists them.";
    }
}
