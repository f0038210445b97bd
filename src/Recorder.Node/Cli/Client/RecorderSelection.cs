using System.CommandLine.Parsing;
using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Client;

/// <summary>The recorders of a node that a command is for. Without ids the labels select them, or all are meant.</summary>
internal sealed record Selection(IReadOnlyList<string> Ids, IReadOnlyList<string> Labels)
{
    public string ListPath =>
        "v1/recorders?limit=1000" + string.Concat(Labels.Select(label => "&label=" + Uri.EscapeDataString(ToQuery(label))));

    public async Task<IReadOnlyList<string>> ResolveAsync(NodeClient client, CancellationToken cancellationToken) =>
        Ids.Count > 0 ? Ids
        : await client.ListAsync(ListPath, cancellationToken).Select(recorder => recorder.Text("id") ?? "").ToListAsync(cancellationToken);

    // The API separates name and value by a colon, which the name of a label cannot have.
    private static string ToQuery(string label)
    {
        var (name, value) = RecorderSelection.SplitLabel(label);
        return value is null ? name : $"{name}:{value}";
    }
}

internal sealed class RecorderSelection
{
    private readonly Option<bool> _all = CliOption.Flag("--all", "Select all recorders of the node.");
    private readonly Option<string[]> _label =
        LabelOption("Select recorders with this label. Can be repeated; recorders must have all of them.");

    /// <summary>The ids; <c>mark</c> takes one more word at its end.</summary>
    public Argument<string[]> Ids { get; } =
        new("ID") { Description = "The ids of recorders.", Arity = ArgumentArity.ZeroOrMore };

    public Command AddTo(Command command)
    {
        command.Add(Ids);
        return command.With(_all, _label);
    }

    /// <summary>Leaves out <paramref name="extraWords"/> words at the end of the argument, which are not ids.</summary>
    public Selection Read(ParseResult line, int extraWords = 0)
    {
        string[] ids = [.. (line.GetValue(Ids) ?? []).SkipLast(extraWords).Distinct()];
        foreach (var id in ids)
            CheckId(id, line.CommandResult);

        var labels = ReadLabels(line, _label);
        var all = line.GetValue(_all);
        return (ids.Length > 0, all, labels.Count > 0) switch
        {
            (true, true, _) => throw new UsageException("IDs and '--all' cannot be used together."),
            (true, _, true) => throw new UsageException("IDs and '--label' cannot be used together."),
            (_, true, true) => throw new UsageException("Options '--all' and '--label' cannot be used together."),
            (false, false, false) => throw new UsageException("Missing recorders; expected IDs, --label NAME=VALUE or --all."),
            _ => new Selection(ids, labels),
        };
    }

    public static void CheckId(string id, CommandResult command)
    {
        // The parser takes a misspelled option for an id.
        if (id.StartsWith('-'))
            throw new UsageException(UsageProblem.UnknownOption(id, command));

        if (!RecorderId.TryParse(id, out _))
        {
            throw new UsageException(
                $"'{id}' is not a recorder id; expected 1 to 64 of A-Z a-z 0-9 . _ - that do not start with a dot.");
        }
    }

    public static Option<string[]> LabelOption(string description) => CliOption.List("--label", "NAME=VALUE", description, "-l");

    public static IReadOnlyList<string> ReadLabels(ParseResult line, Option<string[]> option)
    {
        var labels = line.GetValue(option) ?? [];
        return Array.Find(labels, label => !RecorderId.TryParse(SplitLabel(label).Name, out _)) is { } invalid
            ? throw new UsageException(
                $"--label '{invalid}' is not a label; expected NAME=VALUE, with a name of A-Z a-z 0-9 . _ -.")
            : labels;
    }

    public static (string Name, string? Value) SplitLabel(string label)
    {
        var at = label.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (label, null) : (label[..at], label[(at + 1)..]);
    }
}
