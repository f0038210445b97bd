using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Recorder.Node.Tests.Contract;

/// <summary>An operation of the API.</summary>
/// <param name="Id">Its name in the document.</param>
/// <param name="Method">HTTP's.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="TakesBody">Whether it takes JSON.</param>
/// <param name="IsIdempotent">Whether it takes <c>Idempotency-Key</c>.</param>
internal sealed record ApiOperation(string Id, HttpMethod Method, string Path, bool TakesBody, bool IsIdempotent)
{
    /// <summary>The same for GET and HEAD of one path.</summary>
    public string Name => Method == HttpMethod.Head ? Id[..^"Head".Length] : Id;
}

/// <summary>docs/reference/openapi.json: what the API promises.</summary>
internal sealed class ApiContract
{
    private readonly JsonObject _document;
    private readonly Dictionary<string, JsonObject> _operations = [];

    private ApiContract(JsonObject document)
    {
        _document = document;
        var operations = new List<ApiOperation>();
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, node) in methods!.AsObject())
            {
                var operation = node!.AsObject();
                var id = operation["operationId"]!.GetValue<string>();
                _operations.Add(id, operation);
                operations.Add(new ApiOperation(
                    id, HttpMethod.Parse(method), path, operation.ContainsKey("requestBody"),
                    operation["parameters"]?.AsArray().Any(it => it!["name"]!.GetValue<string>() == "Idempotency-Key") == true));
            }
        }

        Operations = operations;
    }

    public static ApiContract Instance { get; } = new(JsonNode.Parse(File.ReadAllText(PathOfDocument()))!.AsObject());

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>The statuses that an operation's document names, without <c>default</c>.</summary>
    public IEnumerable<int> StatusesOf(ApiOperation operation) =>
        ResponsesOf(operation).Select(response => response.Key).Where(status => status != "default").Select(status => int.Parse(status, null));

    /// <summary>What is wrong with an answer; empty when it is as documented.</summary>
    public string Problems(ApiOperation operation, int status, string? mediaType, string body)
    {
        if (ResponsesOf(operation)[$"{status}"] is not { } response)
            return $"{status} is not documented";

        if (response["content"]?.AsObject() is not { Count: > 0 } content)
            return body.Length == 0 ? "" : $"a body where none is documented: {body}";

        if (mediaType is null || !content.ContainsKey(mediaType))
            return $"'{mediaType}' is not among {string.Join(", ", content.Select(it => it.Key))}";

        return mediaType.EndsWith("json", StringComparison.Ordinal) && operation.Method != HttpMethod.Head
            ? ProblemsOf(content[mediaType]!["schema"]!, body)
            : "";
    }

    private JsonObject ResponsesOf(ApiOperation operation) => _operations[operation.Id]["responses"]!.AsObject();

    private string ProblemsOf(JsonNode schema, string body)
    {
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = _document["components"]!["schemas"]!.DeepClone();
        Close(whole);
        var text = whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        using var answer = JsonDocument.Parse(body);
        var found = JsonSchema.FromText(text).Evaluate(
            answer.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return found.IsValid ? "" : string.Join('\n', (found.Details ?? []).Where(it => it.Errors is not null)
            .Select(it => $"{it.InstanceLocation}: {string.Join(", ", it.Errors!.Values)}").Append(body));
    }

    // What is answered and not documented is a mistake too.
    private static void Close(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                if (members["properties"] is JsonObject && members["type"] is not null && !members.ContainsKey("additionalProperties"))
                    members["additionalProperties"] = false;

                members.ToList().ForEach(member => Close(member.Value));
                break;
            case JsonArray items:
                items.ToList().ForEach(Close);
                break;
        }
    }

    private static string PathOfDocument()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Recorder.sln")))
            folder = folder.Parent;

        return Path.Combine(folder.FullName, "docs", "reference", "openapi.json");
    }
}
