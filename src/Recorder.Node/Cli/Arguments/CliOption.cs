using System.Numerics;

namespace Recorder.Node.Cli.Arguments;

/// <summary>Values are checked while the command line is parsed, so a command only sees valid ones.</summary>
internal static class CliOption
{
    private delegate T? Reader<T>(string text, out string problem);

    public static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    public static Option<string?> Text(string name, string valueName, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = valueName, Description = description };

    public static Option<string[]> List(string name, string valueName, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = valueName, Description = description, Arity = ArgumentArity.OneOrMore };

    public static Option<TimeSpan?> Duration(string name, string description) =>
        Parsed<TimeSpan?>(name, "T", description, Quantity.ReadDuration);

    public static Option<TimeSpan?> DurationOrNever(string name, string description) =>
        Parsed<TimeSpan?>(name, "T|never", description, (string text, out string problem) =>
        {
            problem = "";
            return text == "never" ? Timeout.InfiniteTimeSpan : Quantity.ReadDuration(text, out problem);
        });

    /// <summary>A number of at least 1 that can end in k, M or G; messages call it <paramref name="noun"/>.</summary>
    public static Option<long?> Count(string name, string description, string noun, string example) =>
        Parsed<long?>(
            name, "N", description, (string text, out string problem) => Quantity.ReadCount(text, noun, example, out problem));

    public static Option<T?> Number<T>(string name, string description, T minimum, params string[] aliases)
        where T : struct, IBinaryInteger<T> =>
        Parsed<T?>(
            name, "N", description,
            (string text, out string problem) =>
            {
                var isValid = T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= minimum;
                problem = isValid ? "" : $"'{text}' is not valid; expected a whole number of at least {minimum}.";
                return number;
            },
            aliases);

    /// <summary>Local time unless the text names a zone.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) =>
        Parsed<DateTimeOffset?>(name, "TIME", description, (string text, out string problem) =>
        {
            var isValid = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time);
            problem = isValid ? ""
                : $"'{text}' is not a time; expected for example 2026-11-22T15:00:00Z, or '2026-11-22 15:00' in local time.";
            return time;
        });

    public static Option<T?> Choice<T>(string name, string valueName, string description, params (string Word, T Value)[] choices)
        where T : struct
    {
        string[] words = [.. choices.Select(choice => choice.Word)];
        var option = Parsed<T?>(name, valueName, description, (string text, out string problem) =>
        {
            var index = Array.IndexOf(words, text);
            problem = index >= 0 ? "" : $"'{text}' is not valid; expected {Join(words)}.";
            return index >= 0 ? choices[index].Value : null;
        });
        // By default shells would complete the names of the enumeration.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        return option;
    }

    public static TimeSpan? GetDurationOrNever(this ParseResult line, Option<TimeSpan?> option, TimeSpan? absent) =>
        line.GetValue(option) is not { } value ? absent : value == Timeout.InfiniteTimeSpan ? null : value;

    public static bool IsGiven(this ParseResult line, Option option) => line.GetResult(option) is not null;

    public static string? DataFolder(this ParseResult line, Option<string?> option) =>
        line.GetValue(option) ?? Environment.GetEnvironmentVariable("RECORDER_DATA");

    public static string RequireDataFolder(this ParseResult line, Option<string?> option) =>
        line.DataFolder(option) is { Length: > 0 } data ? data : throw new UsageException("Missing required option '--data DIR'.");

    /// <summary><c>bash, zsh or fish</c>.</summary>
    public static string Join(IEnumerable<string> words) => $"{string.Join(", ", words.SkipLast(1))} or {words.Last()}";

    public static Command With(this Command command, params IEnumerable<Option> options)
    {
        foreach (var option in options)
            command.Add(option);

        return command;
    }

    public static Command Runs(this Command command, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        command.SetAction(run);
        return command;
    }

    private static Option<T> Parsed<T>(
        string name, string valueName, string description, Reader<T> read, params string[] aliases) =>
        new(name, aliases)
        {
            HelpName = valueName,
            Description = description,
            CustomParser = result =>
            {
                var value = read(result.Tokens[0].Value, out var problem);
                if (problem.Length > 0)
                    result.AddError($"{name} {problem}");

                return value;
            },
        };
}
