using System.Globalization;
using System.Text;

namespace Recorder.ActorKernel.Configuration;

/// <summary>
/// Settings as a tree of names. A subset of HOCON: nested blocks, dotted and quoted keys, lists, comments, durations, sizes and
/// <c>${references}</c>. Later values win; unknown keys are ignored.
/// </summary>
public class Config
{
    /// <summary>Nothing.</summary>
    public static readonly Config Empty = new();

    private readonly Dictionary<string, object?> _root;

    /// <summary>Nothing.</summary>
    public Config()
        : this([])
    {
    }

    internal Config(Dictionary<string, object?> root) => _root = root;

    /// <summary>True when there is nothing.</summary>
    public virtual bool IsEmpty => _root.Count == 0;

    internal Dictionary<string, object?> Root => _root;

    /// <summary>Reads a text.</summary>
    /// <param name="str">The text.</param>
    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    /// <summary>Falls back to a text.</summary>
    /// <param name="config">What wins.</param>
    /// <param name="fallback">The text.</param>
    /// <returns>Both.</returns>
    public static Config operator +(Config config, string fallback) => config.WithFallback(fallback);

    /// <summary>Falls back to a configuration.</summary>
    /// <param name="configHocon">The text that wins.</param>
    /// <param name="fallbackConfig">The fallback.</param>
    /// <returns>Both.</returns>
    public static Config operator +(string configHocon, Config fallbackConfig) => ((Config)configHocon).WithFallback(fallbackConfig);

    /// <summary>This configuration, and another for what it does not say.</summary>
    /// <param name="fallback">The other.</param>
    /// <returns>Both.</returns>
    public virtual Config WithFallback(Config? fallback)
    {
        if (fallback is null || fallback.IsEmpty || ReferenceEquals(fallback, this))
            return this;
        return IsEmpty ? fallback : new Config(Merge(fallback._root, _root));
    }

    /// <summary>Whether something is said about a path.</summary>
    /// <param name="path">The path: names with dots between, quoted where a name has a dot.</param>
    /// <returns>Whether.</returns>
    public virtual bool HasPath(string path) => Find(path) is not null;

    /// <summary>The block at a path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The block; null when there is none.</returns>
    public virtual Config GetConfig(string path) =>
        Find(path) is Dictionary<string, object?> block ? new Config(block) : null!;

    /// <summary>A text.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The text.</returns>
    public virtual string GetString(string path, string? @default = null) => Find(path) switch
    {
        string text => text,
        List<object?> list => "[" + string.Join(",", list) + "]",
        _ => @default!,
    };

    /// <summary>A truth value: true, on, yes or false, off, no.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The value.</returns>
    /// <exception cref="NotSupportedException">It is none of them.</exception>
    public virtual bool GetBoolean(string path, bool @default = false) => GetString(path) switch
    {
        null => @default,
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        var other => throw new NotSupportedException($"Unknown boolean format: {other} for path [{path}]"),
    };

    /// <summary>A number.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The number.</returns>
    public virtual int GetInt(string path, int @default = 0) =>
        GetString(path) is { } text ? int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) : @default;

    /// <summary>A number.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The number.</returns>
    public virtual long GetLong(string path, long @default = 0) =>
        GetString(path) is { } text ? long.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) : @default;

    /// <summary>A number.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The number.</returns>
    public virtual float GetFloat(string path, float @default = 0) =>
        GetString(path) is { } text ? float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : @default;

    /// <summary>A number.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The number.</returns>
    public virtual double GetDouble(string path, double @default = 0) =>
        GetString(path) is { } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : @default;

    /// <summary>A number.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said.</param>
    /// <returns>The number.</returns>
    public virtual decimal GetDecimal(string path, decimal @default = 0) =>
        GetString(path) is { } text ? decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture) : @default;

    /// <summary>A size in bytes: a number with b, kB, k, KiB, MB, m, MiB, GB, g or GiB.</summary>
    /// <param name="path">The path.</param>
    /// <param name="def">What to return when nothing is said.</param>
    /// <returns>The size.</returns>
    public virtual long? GetByteSize(string path, long? def = null) =>
        GetString(path) is { } text ? Units.Bytes(text) : def;

    /// <summary>A time: a number with ms, s, m, h or d (or their long names); a bare number is milliseconds.</summary>
    /// <param name="path">The path.</param>
    /// <param name="default">What to return when nothing is said; else 0.</param>
    /// <param name="allowInfinite">Whether <c>infinite</c> and <c>off</c> are allowed.</param>
    /// <returns>The time; <see cref="Timeout.InfiniteTimeSpan"/> for infinite.</returns>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        GetString(path) is { } text ? Units.Time(text, allowInfinite) : @default.GetValueOrDefault();

    /// <summary>A list of texts.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The list; empty when nothing is said.</returns>
    public virtual IList<string> GetStringList(string path) => Find(path) switch
    {
        List<object?> list => [.. list.Select(i => i?.ToString() ?? "")],
        string text when text.Length > 0 => [text],
        _ => [],
    };

    /// <summary>A list of texts.</summary>
    /// <param name="path">The path.</param>
    /// <param name="defaultPaths">What to return when nothing is said.</param>
    /// <returns>The list.</returns>
    public virtual IList<string> GetStringList(string path, string[] defaultPaths) => HasPath(path) ? GetStringList(path) : defaultPaths;

    /// <summary>A list of numbers.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The list; empty when nothing is said.</returns>
    public virtual IList<int> GetIntList(string path) =>
        [.. GetStringList(path).Select(i => int.Parse(i, CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Print(text, _root, 0);
        return text.ToString();
    }

    internal static Config FromPairs(params (string Key, string Value)[] pairs) =>
        new(pairs.ToDictionary(p => p.Key, p => (object?)p.Value));

    internal static Dictionary<string, object?> Merge(Dictionary<string, object?> under, Dictionary<string, object?> over)
    {
        var merged = new Dictionary<string, object?>(under);
        foreach (var (key, value) in over)
        {
            merged[key] = value is Dictionary<string, object?> overBlock
                && merged.TryGetValue(key, out var old) && old is Dictionary<string, object?> underBlock
                    ? Merge(underBlock, overBlock)
                    : value;
        }

        return merged;
    }

    internal static List<string> SplitPath(string path)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        var quoted = false;
        foreach (var c in path)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                names.Add(name.ToString().Trim());
                name.Clear();
            }
            else
            {
                name.Append(c);
            }
        }

        names.Add(name.ToString().Trim());
        return names;
    }

    private static void Print(StringBuilder text, Dictionary<string, object?> block, int depth)
    {
        foreach (var (key, value) in block)
        {
            text.Append(' ', depth * 2).Append(key.Contains('.', StringComparison.Ordinal) ? $"\"{key}\"" : key).Append(" : ");
            if (value is Dictionary<string, object?> inner)
            {
                text.Append("{\n");
                Print(text, inner, depth + 1);
                text.Append(' ', depth * 2).Append('}');
            }
            else
            {
                text.Append(value is List<object?> list ? "[" + string.Join(",", list) + "]" : value ?? "null");
            }

            text.Append('\n');
        }
    }

    private object? Find(string path)
    {
        object? at = _root;
        foreach (var name in SplitPath(path))
        {
            if (at is not Dictionary<string, object?> block || !block.TryGetValue(name, out at))
                return null;
        }

        return at;
    }
}

/// <summary>Reads configurations.</summary>
public class ConfigurationFactory
{
    /// <summary>Nothing.</summary>
    public static Config Empty => Config.Empty;

    /// <summary>What the kernel sets when nobody says otherwise.</summary>
    /// <returns>The configuration.</returns>
    public static Config Default() => Reference.Config;

    /// <summary>Reads a text.</summary>
    /// <param name="hocon">The text.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="FormatException">The text is not in the subset of HOCON that the kernel reads.</exception>
    public static Config ParseString(string? hocon) => string.IsNullOrWhiteSpace(hocon) ? Config.Empty : HoconReader.Read(hocon);
}

/// <summary>Small questions about a configuration.</summary>
public static class ConfigExtensions
{
    /// <summary>True for null and for nothing.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>Whether.</returns>
    public static bool IsNullOrEmpty([System.Diagnostics.CodeAnalysis.NotNullWhen(false)] this Config? config) => config is null || config.IsEmpty;

    /// <summary>A fallback for what may be null.</summary>
    /// <param name="config">What wins.</param>
    /// <param name="fallback">The fallback.</param>
    /// <returns>Both.</returns>
    public static Config SafeWithFallback(this Config? config, Config fallback) => config.IsNullOrEmpty() ? fallback : config.WithFallback(fallback);
}

/// <summary>Something in the configuration cannot be used.</summary>
/// <param name="message">What.</param>
/// <param name="exception">Why.</param>
public class ConfigurationException(string message, Exception? exception = null) : AkkaException(message, exception);
