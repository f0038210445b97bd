using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Recorder.ActorKernel.Event;

/// <summary>Turns a template and its arguments into text.</summary>
public interface ILogMessageFormatter
{
    /// <summary>Formats.</summary>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The text.</returns>
    string Format(string format, params object?[] args);

    /// <summary>Formats.</summary>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The text.</returns>
    string Format(string format, IEnumerable<object?> args);
}

/// <summary>Formats positions (<c>{0}</c>) and names (<c>{Name}</c>), the names in order of the arguments.</summary>
public sealed class SemanticLogMessageFormatter : ILogMessageFormatter
{
    /// <summary>The only instance.</summary>
    public static readonly SemanticLogMessageFormatter Instance = new();

    private static readonly ConcurrentDictionary<string, CompositeFormat> Parsed = new();

    private SemanticLogMessageFormatter()
    {
    }

    /// <inheritdoc/>
    public string Format(string format, params object?[] args)
    {
        if (args is null || args.Length == 0)
            return format;
        try
        {
            var parsed = Parsed.Count > 1000 ? Parse(format) : Parsed.GetOrAdd(format, Parse);
            return parsed.MinimumArgumentCount > args.Length
                ? format
                : string.Format(CultureInfo.InvariantCulture, parsed, args);
        }
        catch (FormatException)
        {
            return format;
        }
    }

    /// <inheritdoc/>
    public string Format(string format, IEnumerable<object?> args) => Format(format, args.ToArray());

    private static CompositeFormat Parse(string template)
    {
        var positional = new StringBuilder();
        var next = 0;
        for (var i = 0; i < template.Length; i++)
        {
            positional.Append(template[i]);
            if (template[i] != '{')
                continue;
            if (i + 1 < template.Length && template[i + 1] == '{')
            {
                positional.Append(template[++i]);
                continue;
            }

            var end = template.IndexOfAny(['}', ':', ','], i);
            var name = end < 0 ? "" : template[(i + 1)..end];
            if (name.Length == 0 || int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                continue;
            positional.Append(next++.ToString(CultureInfo.InvariantCulture));
            i = end - 1;
        }

        return CompositeFormat.Parse(positional.ToString());
    }
}

/// <summary>Formats as <see cref="SemanticLogMessageFormatter"/>.</summary>
public class DefaultLogMessageFormatter : ILogMessageFormatter
{
    /// <summary>The only instance.</summary>
    public static readonly DefaultLogMessageFormatter Instance = new();

    /// <inheritdoc/>
    public string Format(string format, params object?[] args) => SemanticLogMessageFormatter.Instance.Format(format, args);

    /// <inheritdoc/>
    public string Format(string format, IEnumerable<object?> args) => SemanticLogMessageFormatter.Instance.Format(format, args);
}

/// <summary>A template with its arguments; becomes text when somebody reads it.</summary>
/// <param name="formatter">Makes the text.</param>
/// <param name="format">The template.</param>
/// <param name="args">The arguments.</param>
public sealed class LogMessage(ILogMessageFormatter formatter, string format, params object?[] args)
{
    /// <summary>The template.</summary>
    public string Format { get; } = format;

    /// <summary>The arguments.</summary>
    /// <returns>The arguments.</returns>
    public IEnumerable<object?> Parameters() => args;

    /// <summary>The template and its arguments, not made into text.</summary>
    /// <returns>The text.</returns>
    public string Unformatted() => $"{Format} [{string.Join(",", args)}]";

    /// <inheritdoc/>
    public override string ToString() => formatter.Format(Format, args);
}
