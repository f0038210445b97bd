namespace Recorder.Node.Configuration;

/// <summary>One thing that can be configured: in the file by its key, in the environment as <c>RECORDER_KEY_IN_CAPITALS</c>, as a flag.</summary>
/// <param name="Key">In camelCase.</param>
/// <param name="Value">What its value looks like.</param>
/// <param name="Default">What holds when nothing is said.</param>
/// <param name="Description">What it is, as a phrase.</param>
/// <param name="Apply">The options with it; or null and what is wrong, as the end of a sentence.</param>
internal sealed record Setting(string Key, string Value, string Default, string Description, Setting.Applying Apply)
{
    /// <summary>Reads one or, of a list, several values into options.</summary>
    public delegate ServeOptions? Applying(ServeOptions options, IReadOnlyList<string> values, out string problem);

    /// <summary>Whether it takes several values.</summary>
    public bool IsList { get; init; }

    /// <summary>The variable of the environment.</summary>
    public string Variable => SettingReader.Prefix + string.Concat(Key.Select(c => char.IsAsciiLetterUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));

    /// <summary>The flag; of a list the singular, given once for each value.</summary>
    public string Flag { get; init; } = "--" + Kebab(Key);

    private static string Kebab(string key) => string.Concat(key.Select(c => char.IsAsciiLetterUpper(c) ? "-" + char.ToLowerInvariant(c) : c.ToString()));
}
