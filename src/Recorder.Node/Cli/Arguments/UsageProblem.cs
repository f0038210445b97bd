using System.CommandLine.Parsing;

namespace Recorder.Node.Cli.Arguments;

/// <summary>Turns the errors of the parser into one sentence for the user.</summary>
internal static class UsageProblem
{
    private const int MaximumDistance = 2;

    public static string? Of(ParseResult line)
    {
        if (line.Action is { ClearsParseErrors: true })
            return null;

        var command = line.CommandResult.Command;
        var help = HelpHint(line.CommandResult);
        if (line.UnmatchedTokens is [var unmatched, ..])
        {
            // The token can be the URL of a camera.
            var token = Credentials.Mask(unmatched);
            return token.StartsWith('-') ? UnknownOption(token, line.CommandResult)
                : command.Subcommands.Count > 0
                    ? $"Unknown command '{token}'. {Nearest(token, command.Subcommands.Select(known => known.Name))}{help}"
                : $"Unexpected argument '{token}'. {help}";
        }

        if (OptionWithoutValue(line) is { } option)
            return $"Missing value for option '{option.Name} {option.HelpName}'. {help}";

        return line.Errors switch
        {
            [] => null,
            [{ SymbolResult: ArgumentResult { Argument: var argument } }, ..] =>
                $"Missing required argument '{argument.Name}'. {help}",
            [{ SymbolResult: CommandResult }, ..] when command.Subcommands.Count > 0 => $"Missing command. {help}",
            [var error, ..] => error.Message,
        };
    }

    public static string UnknownOption(string token, CommandResult command) =>
        $"Unknown option '{token}'. {Nearest(token, command.Command.Options.SelectMany(NamesOf))}{HelpHint(command)}";

    /// <summary><c>Did you mean 'record'? </c> when a name is similar to the word, else an empty text.</summary>
    public static string Nearest(string word, IEnumerable<string> names)
    {
        var nearest = names.Select(name => (Name: name, Distance: Spelling.Distance(word, name)))
            .OrderBy(candidate => candidate.Distance).FirstOrDefault();
        // Two changes turn a short word into any other.
        return nearest.Name is not null && nearest.Distance <= Math.Min(MaximumDistance, nearest.Name.TrimStart('-').Length / 2)
            ? $"Did you mean '{nearest.Name}'? "
            : "";
    }

    private static string HelpHint(CommandResult command) => $"See '{PathOf(command)} --help'.";

    // As the user types it: recorder keys add.
    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "recorder";

    private static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name);

    // In "--out --force" the parser takes the second option for the value of the first.
    private static Option? OptionWithoutValue(ParseResult line)
    {
        var names = line.CommandResult.Command.Options.SelectMany(NamesOf).ToHashSet();
        return line.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(result =>
            result.Tokens.Any(token => names.Contains(token.Value))
            || (result.Tokens.Count == 0 && result.Errors.Any()))?.Option;
    }
}
