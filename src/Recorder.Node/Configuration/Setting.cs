namespace Recorder.Node.Configuration;

/// <summary>A setting: a key of the configuration file, a variable <c>RECORDER_…</c> of the environment and an option of the
/// command.</summary>
internal sealed record Setting(string Key, string Value, string Default, string Description, Setting.Applying Apply)
{
    /// <summary>Null if a value is wrong, with the end of a sentence that says how.</summary>
    public delegate ServeOptions? Applying(ServeOptions options, IReadOnlyList<string> values, out string problem);

    public bool IsList { get; init; }
    public string Variable => SettingReader.Prefix + string.Concat(Key.Select(c => char.IsAsciiLetterUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));

    /// <summary>A list's option is in the singular and may be repeated.</summary>
    public string Flag { get; init; } = "--" + Kebab(Key);

    private static string Kebab(string key) => string.Concat(key.Select(c => char.IsAsciiLetterUpper(c) ? "-" + char.ToLowerInvariant(c) : c.ToString()));
}
