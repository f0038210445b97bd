using Microsoft.Extensions.Configuration;

namespace Recorder.Node.Configuration;

/// <summary>Reads options from a file, the environment and flags. Later sources override earlier ones, lists as a whole. An
/// unknown key is an error, because a misspelled one could leave a node open that its owner believes closed.</summary>
internal static class SettingReader
{
    public const string Prefix = "RECORDER_";
    public const string FileVariable = Prefix + "CONFIG";

    // Variables of other parts of the program.
    private static readonly HashSet<string> OtherVariables =
        new(StringComparer.Ordinal) { FileVariable, Prefix + "FFMPEG_DIR", Prefix + "STATS", Prefix + "SEED", Prefix + "SOURCE", Prefix + "API_KEY", Prefix + "URL" };

    /// <summary>Reads the settings; without a file, the one that an environment variable names. Null on failure, with a sentence in <paramref name="problem"/>.</summary>
    public static ServeOptions? Read(
        string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, IReadOnlyList<string>> flags, out string problem)
    {
        var values = new Dictionary<string, (IReadOnlyList<string> Values, string Origin)>(StringComparer.Ordinal);
        file ??= environment.GetValueOrDefault(FileVariable);
        problem = (file is null ? null : AddFile(file, values)) ?? AddEnvironment(environment, values) ?? "";
        if (problem.Length > 0)
            return null;

        foreach (var (key, given) in flags)
            values[key] = (given, NodeSettings.All.First(setting => setting.Key == key).Flag);

        if (!values.ContainsKey("data"))
        {
            problem = "Missing required option '--data DIR', the folder of recordings, catalogue and keys.";
            return null;
        }

        var options = new ServeOptions { DataFolder = "" };
        foreach (var setting in NodeSettings.All.Where(setting => values.ContainsKey(setting.Key)))
        {
            var (given, origin) = values[setting.Key];
            var wrong = given.Count == 1 || setting.IsList ? "" : "takes one value only.";
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
            return $"Cannot read the configuration '{file}': {error.Message}";
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            return $"The configuration '{file}' is not valid JSON: {(error.InnerException ?? error).Message}";
        }

        using var disposing = (IDisposable)read;
        foreach (var section in read.GetChildren())
        {
            // Microsoft.Extensions.Configuration ignores case; the file must not, so that each key is written in one way.
            if (NodeSettings.All.FirstOrDefault(setting => setting.Key == section.Key) is not { } setting)
                return $"Unknown key '{section.Key}' in '{file}'{Nearest(section.Key, NodeSettings.All.Select(known => known.Key))}";

            var items = section.GetChildren().ToList();
            if (items.Exists(item => item.Value is null || !int.TryParse(item.Key, out _)) || (items.Count > 0 && !setting.IsList))
                return $"'{file}': {setting.Key} must be {(setting.IsList ? "a list of strings" : "one value")}.";

            var origin = $"'{file}': {setting.Key}";
            values[setting.Key] = (section.Value is { Length: > 0 } value ? [value] : [.. items.Select(item => item.Value!)], origin);
            if (!setting.IsList && section.Value is not { Length: > 0 })
                return $"{origin} has no value; give it one, or leave it out.";
        }

        return null;
    }

    private static string? AddEnvironment(
        IReadOnlyDictionary<string, string> environment, Dictionary<string, (IReadOnlyList<string>, string)> values)
    {
        foreach (var (name, value) in environment.Where(variable =>
            variable.Key.StartsWith(Prefix, StringComparison.Ordinal) && !OtherVariables.Contains(variable.Key)))
        {
            if (NodeSettings.All.FirstOrDefault(setting => setting.Variable == name) is not { } setting)
                return $"Unknown environment variable '{name}'{Nearest(name, NodeSettings.All.Select(known => known.Variable))}";

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
