using System.CommandLine;
using Recorder.Contracts;
using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Client;

/// <summary>Some recorders of a node.</summary>
/// <param name="Ids">By name; empty when by labels, or all.</param>
/// <param name="Labels">Those that have all of these: <c>NAME=VALUE</c>, or <c>NAME</c>.</param>
internal sealed record Selection(IReadOnlyList<string> Ids, IReadOnlyList<string> Labels)
{
    /// <summary>The path that lists them.</summary>
    public string ListPath =>
        "v1/recorders?limit=1000" + string.Concat(Labels.Select(label => "&label=" + Uri.EscapeDataString(ToQuery(label))));

    /// <summary>Their names.</summary>
    public async Task<IReadOnlyList<string>> ResolveAsync(NodeClient client, CancellationToken cancellationToken)
    {
        if (Ids.Count > 0)
        {
            return Ids;
        }

        var found = new List<string>();
        await foreach (var item in client.ListAsync(ListPath, cancellationToken))
        {
            found.Add(item.Text("id") ?? "");
        }

        return found;
    }

    // The API's separator is a colon, which no label's name has.
    private static string ToQuery(string label)
    {
        var at = label.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? label : $"{label[..at]}:{label[(at + 1)..]}";
    }
}

/// <summary>The arguments and options that name recorders.</summary>
internal sealed class RecorderSelection
{
    private readonly Argument<string[]> _ids = new("ID") { Description = "Recorders, by name.", Arity = ArgumentArity.ZeroOrMore };

    private readonly Option<bool> _all = new("--all") { Description = "All recorders of the node.", Arity = ArgumentArity.Zero };

    /// <summary>Only with these labels.</summary>
    public Option<string[]> Label { get; } = LabelOption("Recorders with this label; again for more that must match too.");

    /// <summary>Gives a command these.</summary>
    public Command AddTo(Command command)
    {
        command.Add(_ids);
        command.Add(_all);
        command.Add(Label);
        return command;
    }

    /// <summary>What is said after the last id, for commands that take one word more.</summary>
    public Argument<string[]> Ids => _ids;

    /// <summary>Reads which recorders are meant; complaints go to the reader.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="reader">Takes complaints.</param>
    /// <param name="path">The command as the user typed it.</param>
    /// <param name="last">Words at the end that are no ids.</param>
    public Selection Read(ParseResult line, OptionReader reader, string path, int last = 0)
    {
        var words = line.GetValue(_ids) ?? [];
        var ids = words[..Math.Max(0, words.Length - last)];
        var labels = ReadLabels(line, reader, Label);
        var all = line.GetValue(_all);
        foreach (var id in ids)
        {
            reader.Complain(ProblemOfId(id, line.CommandResult.Command, path));
        }

        reader.Complain(
            ids.Length > 0 && (all || labels.Count > 0) ? $"Names and {(all ? "--all" : "--label")} contradict each other: say one of them."
            : all && labels.Count > 0 ? "--all and --label contradict each other: say one of them."
            : ids.Length == 0 && !all && labels.Count == 0 ? "Which recorders? Name them, or say --all or --label NAME=VALUE."
            : null);
        return new Selection([.. ids.Distinct()], labels);
    }

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static string? ProblemOfId(string id, Command command, string path) =>
        id.StartsWith('-') ? UsageProblem.UnknownOption(id, command, path)
            : RecorderId.TryParse(id, out _) ? null
            : $"'{id}' is no recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.";

    /// <summary>An option that takes labels.</summary>
    public static Option<string[]> LabelOption(string description) =>
        new("--label", "-l") { HelpName = "NAME=VALUE", Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>The labels that are given.</summary>
    public static IReadOnlyList<string> ReadLabels(ParseResult line, OptionReader reader, Option<string[]> option)
    {
        var labels = line.GetResult(option) is null ? [] : line.GetValue(option) ?? [];
        reader.Complain(Array.Find(labels, label => !RecorderId.TryParse(label.Split('=')[0], out _)) is { } wrong
            ? $"--label '{wrong}' is no label: write NAME=VALUE, the name of A-Z a-z 0-9 . _ -." : null);
        return labels;
    }
}
