using System.CommandLine;
using System.CommandLine.Parsing;
using Recorder.FFmpeg;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Arguments;

/// <summary>What the parser complains about, as one sentence with a remedy.</summary>
internal static class UsageProblem
{
    private const int FarthestName = 2;

    /// <summary>The first complaint; null when there is none.</summary>
    public static string? Of(ParseResult line)
    {
        if (line.Action is { ClearsParseErrors: true })
        {
            return null;
        }

        var command = line.CommandResult.Command;
        var path = PathOf(line.CommandResult);
        if (line.UnmatchedTokens is [var unmatched, ..])
        {
            // A URL at the wrong place.
            var token = Credentials.Mask(unmatched);
            return token.StartsWith('-') ? UnknownOption(token, command, path)
                : command.Subcommands.Count > 0
                    ? $"Unknown command '{token}': {Nearest(token, command.Subcommands.Select(sub => sub.Name))}'{path} --help' lists them."
                : $"'{token}' is one word too many: '{path} --help' says what goes where.";
        }

        if (ValueThatIsAnOption(line) is var (option, value))
        {
            return $"{option.Name} needs a value, but '{value}' follows: '{path} --help' says which.";
        }

        if (line.Errors is not [var error, ..])
        {
            return null;
        }

        return error switch
        {
            { SymbolResult: OptionResult { Tokens.Count: 0, Option: var bare } } => $"{bare.Name} needs a value: '{path} --help' says which.",
            { SymbolResult: OptionResult { Option: var repeated } } => $"{repeated.Name} is given more than once: say it once.",
            { SymbolResult: ArgumentResult { Argument.Name: "SOURCE" } } when command.Arguments.Count == 1 =>
                $"'{path}' needs a source: for example {path} test: ('{path} --help' lists the forms).",
            { SymbolResult: ArgumentResult { Argument: var argument } } => $"'{path}' needs {argument.Name}: '{path} --help' says what it is.",
            _ when command.Subcommands.Count > 0 => $"Say what to do: '{path} --help' lists the commands.",
            var other => other.Message,
        };
    }

    /// <summary>An option that a command does not have, and the one that was perhaps meant.</summary>
    public static string UnknownOption(string token, Command command, string path) =>
        $"Unknown option '{token}': {Nearest(token, command.Options.SelectMany(NamesOf))}'{path} --help' lists them.";

    /// <summary><c>did you mean 'record'? </c>, when a name is near; else nothing.</summary>
    public static string Nearest(string word, IEnumerable<string> names)
    {
        var nearest = names.Select(name => (Name: name, Distance: Spelling.Distance(word, name))).OrderBy(it => it.Distance).FirstOrDefault();
        // Of a short word nothing would be left.
        return nearest.Name is not null && nearest.Distance <= Math.Min(FarthestName, nearest.Name.TrimStart('-').Length / 2)
            ? $"did you mean '{nearest.Name}'? "
            : "";
    }

    /// <summary>As the user types it: <c>recorder keys add</c>.</summary>
    public static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "recorder";

    private static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name);

    // "--out --force": the parser takes the second for a name, the user forgot it.
    private static (Option Option, string Value)? ValueThatIsAnOption(ParseResult line)
    {
        var names = line.CommandResult.Command.Options.SelectMany(NamesOf).ToHashSet();
        foreach (var result in line.CommandResult.Children.OfType<OptionResult>())
        {
            if (result.Tokens.FirstOrDefault(token => names.Contains(token.Value)) is { } taken)
            {
                return (result.Option, taken.Value);
            }
        }

        return null;
    }
}
