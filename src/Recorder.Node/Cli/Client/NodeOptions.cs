using System.CommandLine;
using System.CommandLine.Completions;
using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Client;

/// <summary>The options of every command that talks to a node.</summary>
internal sealed class NodeOptions
{
    private const int LongestKey = 1000;

    private readonly Option<string> _node = new("--node")
    {
        HelpName = "URL",
        Description = $"The node to talk to ({NodeAddress.Variable}, else http://127.0.0.1:8080).",
    };

    private readonly Option<string> _keyFile = new("--key-file")
    {
        HelpName = "FILE",
        Description = $"The file that holds the API key ({NodeAddress.KeyVariable} holds the key itself).",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print a line of JSON for each.", Arity = ArgumentArity.Zero };

    /// <summary>Gives a command these options, behind its own; shells complete what it names by the node's recorders.</summary>
    public Command AddTo(Command command)
    {
        foreach (var argument in command.Arguments.Where(it => it.Name is "ID" or "RECORDING" && command.Name != "add"))
        {
            argument.CompletionSources.Add(context => NamesAt(context.ParseResult));
        }

        command.Add(_node);
        command.Add(_keyFile);
        command.Add(_json);
        return command;
    }

    /// <summary>Whether programs read what is said.</summary>
    public bool IsJson(ParseResult line) => line.GetValue(_json);

    /// <summary>The option that is given, if the node is named.</summary>
    public string? Named(OptionReader reader) => reader.Text(_node) is null ? null : _node.Name;

    /// <summary>Which node; complaints go to the reader.</summary>
    public NodeAddress Read(OptionReader reader)
    {
        var (name, text) = reader.Text(_node) is { } given ? (_node.Name, given)
            : (NodeAddress.Variable, Environment.GetEnvironmentVariable(NodeAddress.Variable));
        var address = NodeAddress.Default;
        if (!string.IsNullOrEmpty(text) || name == _node.Name)
        {
            address = NodeAddress.Read(text!, out var problem) ?? address;
            reader.Complain(problem.Length == 0 ? null : $"{name} {problem}");
        }

        return new NodeAddress(address, ReadKey(reader));
    }

    // Who waits for a shell's suggestion waits for nothing else, and not for long.
    private List<CompletionItem> NamesAt(ParseResult line)
    {
        var reader = new OptionReader(line);
        var node = Read(reader);
        if (reader.Problem is not null)
        {
            return [];
        }

        // Most of it is this program's own start on a small or busy machine.
        using var client = new NodeClient(node, TimeSpan.FromSeconds(3));
        try
        {
#pragma warning disable VSTHRD002 // Completion sources are asked synchronously.
            return Task.Run(() => NamesAsync(client)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (NodeException)
        {
            return [];
        }
    }

    private static async Task<List<CompletionItem>> NamesAsync(NodeClient client)
    {
        var names = new List<CompletionItem>();
        await foreach (var recorder in client.ListAsync("v1/recorders?limit=1000", CancellationToken.None))
        {
            names.Add(new CompletionItem(recorder.Text("id") ?? ""));
        }

        return names;
    }

    private string? ReadKey(OptionReader reader)
    {
        if (reader.Text(_keyFile) is not { } file)
        {
            return Environment.GetEnvironmentVariable(NodeAddress.KeyVariable) is { Length: > 0 } key ? Checked(reader, NodeAddress.KeyVariable, key) : null;
        }

        try
        {
            using var text = File.OpenText(file);
            return Checked(reader, $"--key-file '{file}'", text.ReadLine() ?? "");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            reader.Complain($"--key-file '{file}' cannot be read: {failed.Message}");
            return null;
        }
    }

    // What is no key is not sent, and never said.
    private static string? Checked(OptionReader reader, string name, string key)
    {
        key = key.Trim();
        if (key.Length is > 0 and <= LongestKey && key.All(c => char.IsAscii(c) && !char.IsControl(c) && c != ' '))
        {
            return key;
        }

        reader.Complain($"{name} holds no API key: 'recorder keys add' prints one.");
        return null;
    }
}
