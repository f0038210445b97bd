using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Security;

namespace Recorder.Node.Cli.Serving;

/// <summary><c>recorder keys</c>: the API keys of a data folder. A node that runs takes notice by itself.</summary>
internal sealed class KeysCommand(CommandOutput console)
{
    private readonly Option<string> _data = new("--data") { HelpName = "DIR", Description = "The node's data folder." };

    private readonly Option<string> _role = new("--role")
    {
        HelpName = "ROLE",
        Description = "viewer (look and listen), operator (start and stop too) or admin (define and remove too).",
    };

    private readonly Option<string> _name = new("--name") { HelpName = "NAME", Description = "What to call it by." };

    private readonly Option<string[]> _recorders = new("--recorder")
    {
        HelpName = "PATTERN",
        Description = "Only for recorders of this id, with * for anything; again for more (all).",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _expires = new("--expires") { HelpName = "T", Description = "When it stops working, for example 90d (never)." };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON.", Arity = ArgumentArity.Zero };

    private readonly Argument<string> _id = new("ID") { Description = "The key's id, as 'recorder keys ls' shows it." };

    /// <summary>The command with its own.</summary>
    public Command Create()
    {
        var add = new Command("add", "Make a key, and print it: nobody ever sees it again.") { _data, _role, _name, _recorders, _expires, _json };
        var list = new Command("ls", "List the keys.") { _data, _json };
        var remove = new Command("rm", "Remove a key; from then on it opens nothing.") { _id, _data };
        add.SetAction(line => Run(line, Add));
        list.SetAction(line => Run(line, List));
        remove.SetAction(line => Run(line, Remove));
        return new Command("keys", "Make, list and remove API keys of a node.") { add, list, remove };
    }

    private int Run(ParseResult line, Func<ParseResult, ApiKeyRing, OptionReader, int> action)
    {
        var reader = new OptionReader(line);
        var data = reader.Text(_data) ?? Environment.GetEnvironmentVariable("RECORDER_DATA");
        if (string.IsNullOrEmpty(data))
        {
            console.Error("Whose? Say --data DIR: the node's data folder.");
            return ExitCode.Usage;
        }

        try
        {
            return action(line, new ApiKeyRing(Path.Combine(Path.GetFullPath(data), "keys"), NullLogger.Instance, TimeProvider.System), reader);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            console.Error($"The keys cannot be used: {failed.Message}");
            return ExitCode.Failed;
        }
    }

    private int Add(ParseResult line, ApiKeyRing keys, OptionReader reader)
    {
        var role = reader.Choice(_role, Role.Unknown, ("viewer", Role.Viewer), ("operator", Role.Operator), ("admin", Role.Admin));
        var lifetime = reader.Duration(_expires);
        var recorders = line.GetResult(_recorders) is null ? [] : line.GetValue(_recorders)!;
        reader.Complain(role == Role.Unknown ? "What may it do? Say --role viewer, operator or admin." : null);
        reader.Complain(Array.Find(recorders, pattern => !ApiKey.IsPattern(pattern)) is { } bad
            ? $"--recorder '{bad}' is no pattern of ids: write letters, digits, . _ - and *, for example 'hall-*'." : null);
        reader.Complain(role == Role.Admin && recorders.Length > 0
            ? "--role admin is for the whole node: leave --recorder out, or make an operator." : null);
        reader.Complain(reader.Text(_name) is { Length: 0 or > 100 } ? "--name takes 1 to 100 characters." : null);
        if (reader.Problem is { } problem)
        {
            console.Error(problem);
            return ExitCode.Usage;
        }

        var token = keys.Add(role, reader.Text(_name), recorders, lifetime);
        console.Line(line.GetValue(_json)
            ? $"{{\"id\":\"{ApiKey.IdOf(token)}\",\"key\":\"{token}\"}}"
            : token);
        return ExitCode.Done;
    }

    private int List(ParseResult line, ApiKeyRing keys, OptionReader reader)
    {
        foreach (var key in keys.List())
        {
            var recorders = key.Recorders.Count == 0 ? "all recorders" : string.Join(' ', key.Recorders);
            var until = key.ExpiresAt is { } end ? end.ToString("u", CultureInfo.InvariantCulture) : "for ever";
            console.Line(line.GetValue(_json)
                ? JsonSerializer.Serialize(new ListedKey(key.Id, key.Name, key.Role, key.Recorders, key.CreatedAt, key.ExpiresAt), ListedKeyJson.Default.ListedKey)
                : $"{key.Id}  {key.Role.ToString().ToLowerInvariant(),-8}  {recorders}  {until}  {key.Name}".TrimEnd());
        }

        return ExitCode.Done;
    }

    private int Remove(ParseResult line, ApiKeyRing keys, OptionReader reader)
    {
        var id = line.GetValue(_id)!;
        if (keys.Remove(id))
        {
            return ExitCode.Done;
        }

        console.Error($"There is no key '{id}': 'recorder keys ls' lists them.");
        return ExitCode.Failed;
    }
}
