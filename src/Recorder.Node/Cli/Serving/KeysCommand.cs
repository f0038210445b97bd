using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Security;

namespace Recorder.Node.Cli.Serving;

/// <summary><c>recorder keys</c>: manages the API keys of a data folder. A running node notices the changes.</summary>
internal sealed class KeysCommand(CommandOutput console)
{
    public const string Description = "Create, list and remove API keys of a node.";

    private const int MaximumNameLength = 100;

    private readonly Option<string?> _data =
        CliOption.Text("--data", "DIR", "The data folder of the node (default: RECORDER_DATA).");

    private readonly Option<Role?> _role = CliOption.Choice(
        "--role", "ROLE", "viewer (read and play), operator (also start and stop) or admin (also define and remove).",
        ("viewer", Role.Viewer), ("operator", Role.Operator), ("admin", Role.Admin));

    private readonly Option<string?> _name = CliOption.Text("--name", "NAME", "A name to recognise the key by.");

    private readonly Option<string[]> _recorders = CliOption.List(
        "--recorder", "PATTERN",
        "Limit the key to recorders with this id; * matches any text. Can be repeated (default: all recorders).");

    private readonly Option<TimeSpan?> _expires =
        CliOption.Duration("--expires", "How long the key is valid, for example 90d (default: for ever).");
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print JSON.");
    private readonly Argument<string> _id = new("ID") { Description = "The id of the key, as 'recorder keys ls' lists it." };

    public Command Create()
    {
        var add = new Command("add", "Create a key and print it. It cannot be shown again.").With(
            _data, _role, _name, _recorders, _expires, _json);
        var list = new Command("ls", "List the keys.") { _data, _json };
        var remove = new Command("rm", "Remove a key. It stops working at once.") { _id, _data };
        add.SetAction(line => Run(line, Add));
        list.SetAction(line => Run(line, List));
        remove.SetAction(line => Run(line, Remove));
        return new Command("keys", Description) { add, list, remove };
    }

    private int Run(ParseResult line, Func<ParseResult, ApiKeyRing, int> action)
    {
        var data = line.RequireDataFolder(_data);
        try
        {
            var folder = Path.Combine(Path.GetFullPath(data), "keys");
            return action(line, new ApiKeyRing(folder, NullLogger.Instance, TimeProvider.System));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            console.Error($"Cannot read or write the keys: {failed.Message}");
            return ExitCode.Failed;
        }
    }

    private int Add(ParseResult line, ApiKeyRing keys)
    {
        var role = line.GetValue(_role)
            ?? throw new UsageException("Missing required option '--role ROLE'; expected viewer, operator or admin.");
        var recorders = line.GetValue(_recorders) ?? [];
        var name = line.GetValue(_name);
        if (Array.Find(recorders, pattern => !ApiKey.IsPattern(pattern)) is { } invalid)
        {
            throw new UsageException(
                $"--recorder '{invalid}' is not a pattern; expected letters, digits, . _ - and *, for example 'hall-*'.");
        }

        if (role == Role.Admin && recorders.Length > 0)
        {
            throw new UsageException(
                "Options '--role admin' and '--recorder' cannot be used together: an admin can use all recorders.");
        }

        if (name is { Length: 0 or > MaximumNameLength })
            throw new UsageException($"--name requires 1 to {MaximumNameLength} characters.");

        var token = keys.Add(role, name, recorders, line.GetValue(_expires));
        console.Line(line.GetValue(_json) ? $"{{\"id\":\"{ApiKey.IdOf(token)}\",\"key\":\"{token}\"}}" : token);
        return ExitCode.Done;
    }

    private int List(ParseResult line, ApiKeyRing keys)
    {
        foreach (var key in keys.List())
        {
            var recorders = key.Recorders.Count == 0 ? "all recorders" : string.Join(' ', key.Recorders);
            var until = key.ExpiresAt is { } end ? end.ToString("u", CultureInfo.InvariantCulture) : "for ever";
            var listed = new ListedKey(key.Id, key.Name, key.Role, key.Recorders, key.CreatedAt, key.ExpiresAt);
            console.Line(line.GetValue(_json)
                ? JsonSerializer.Serialize(listed, ListedKeyJson.Default.ListedKey)
                : $"{key.Id}  {key.Role.ToString().ToLowerInvariant(),-8}  {recorders}  {until}  {key.Name}".TrimEnd());
        }

        return ExitCode.Done;
    }

    private int Remove(ParseResult line, ApiKeyRing keys)
    {
        var id = line.GetValue(_id)!;
        if (keys.Remove(id))
            return ExitCode.Done;

        console.Error($"There is no key '{id}'. 'recorder keys ls' lists the keys.");
        return ExitCode.Failed;
    }
}

/// <summary>An API key in <c>recorder keys ls --json</c>, without its hash.</summary>
internal sealed record ListedKey(
    string Id, string? Name, Role Role, IReadOnlyList<string> Recorders, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ListedKey))]
internal sealed partial class ListedKeyJson : JsonSerializerContext;
