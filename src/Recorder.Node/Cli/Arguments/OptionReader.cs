using System.CommandLine;
using System.Globalization;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Arguments;

/// <summary>Reads the values of options and keeps the first complaint: one sentence is enough to go on with.</summary>
internal sealed class OptionReader(ParseResult line)
{
    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Keeps a complaint unless there is one already.</summary>
    public void Complain(string? problem) => Problem ??= problem;

    /// <summary>An option's text; null when it is not there.</summary>
    public string? Text(Option<string> option) => line.GetResult(option) is null ? null : line.GetValue(option);

    /// <summary>A duration longer than zero.</summary>
    public TimeSpan? Duration(Option<string> option)
    {
        if (Text(option) is not { } text)
        {
            return null;
        }

        var duration = Quantity.ReadDuration(text, out var problem);
        return duration ?? Refuse<TimeSpan>(option, problem);
    }

    /// <summary>A duration, or null for <c>never</c>.</summary>
    public TimeSpan? DurationOrNever(Option<string> option, TimeSpan? absent) =>
        Text(option) switch
        {
            null => absent,
            "never" => null,
            _ => Duration(option),
        };

    /// <summary>A number of bits or bytes, with its k, M or G.</summary>
    public long? Count(Option<string> option, string thing, string example)
    {
        if (Text(option) is not { } text)
        {
            return null;
        }

        var count = Quantity.ReadCount(text, thing, example, out var problem);
        return count ?? Refuse<long>(option, problem);
    }

    /// <summary>A number of frames.</summary>
    public int? Frames(Option<string> option) =>
        Text(option) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : Refuse<int>(option, $"'{text}' is no number of frames: write 1 or more, for example 50.");

    /// <summary>One of several words.</summary>
    public T Choice<T>(Option<string> option, T absent, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (Text(option) is not { } text)
        {
            return absent;
        }

        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word == text)
            {
                return value;
            }

            words.Add(word);
        }

        return Refuse<T>(option, $"'{text}' is not known: write {string.Join(" or ", words)}.") ?? absent;
    }

    private T? Refuse<T>(Option option, string problem)
        where T : struct
    {
        Complain($"{option.Name} {problem}");
        return null;
    }
}
