using Recorder.Node.Cli.Arguments;

namespace Recorder.Node.Cli.Client;

/// <summary>The options of every command that talks to a node.</summary>
internal sealed class NodeOptions
{
    private const int MaximumKeyLength = 1000;

    private readonly Option<string?> _node = CliOption.Text(
        "--node", "URL", $"The address of the node (default: {NodeAddress.Variable}, or http://127.0.0.1:8080).");

    private readonly Option<string?> _keyFile = CliOption.Text(
        "--key-file", "FILE", $"Read the API key from this file (default: the key in {NodeAddress.KeyVariable}).");

    private readonly Option<bool> _json = CliOption.Flag("--json", "Print one line of JSON per result.");

    /// <summary>Shells complete the arguments of the command with the recorders of the node.</summary>
    public Command AddTo(Command command)
    {
        foreach (var argument in command.Arguments.Where(
            argument => argument.Name is "ID" or "RECORDING" && command.Name != "add"))
        {
            argument.CompletionSources.Add(context => CompleteIds(context.ParseResult));
        }

        return command.With(_node, _keyFile, _json);
    }

    public bool IsJson(ParseResult line) => line.GetValue(_json);

    public bool IsNodeGiven(ParseResult line) => line.IsGiven(_node);

    public NodeAddress Read(ParseResult line)
    {
        var name = line.IsGiven(_node) ? _node.Name : NodeAddress.Variable;
        var text = line.GetValue(_node) ?? Environment.GetEnvironmentVariable(NodeAddress.Variable);
        if (string.IsNullOrEmpty(text) && name == NodeAddress.Variable)
            return new NodeAddress(NodeAddress.Default, ReadKey(line));

        return NodeAddress.Read(text!, out var problem) is { } address
            ? new NodeAddress(address, ReadKey(line))
            : throw new UsageException($"{name} {problem}");
    }

    private IReadOnlyList<string> CompleteIds(ParseResult line)
    {
        try
        {
            // Short, because the user's shell waits; most of it is the start of this program on a small or busy machine.
            using var client = new NodeClient(Read(line), TimeSpan.FromSeconds(3));
#pragma warning disable VSTHRD002 // Completion sources are synchronous.
            return Task.Run(() => new Selection([], []).ResolveAsync(client, CancellationToken.None)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (Exception failed) when (failed is NodeException or UsageException)
        {
            return [];
        }
    }

    private string? ReadKey(ParseResult line)
    {
        if (line.GetValue(_keyFile) is not { } file)
        {
            return Environment.GetEnvironmentVariable(NodeAddress.KeyVariable) is { Length: > 0 } key
                ? Check(NodeAddress.KeyVariable, key) : null;
        }

        try
        {
            using var text = File.OpenText(file);
            return Check($"--key-file '{file}'", text.ReadLine() ?? "");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--key-file '{file}' cannot be read: {failed.Message}");
        }
    }

    // The message does not repeat the text, which can be another secret.
    private static string Check(string origin, string key)
    {
        key = key.Trim();
        return key.Length is > 0 and <= MaximumKeyLength && key.All(c => char.IsAscii(c) && !char.IsControl(c) && c != ' ')
            ? key
            : throw new UsageException($"{origin} does not contain an API key; 'recorder keys add' prints one.");
    }
}
