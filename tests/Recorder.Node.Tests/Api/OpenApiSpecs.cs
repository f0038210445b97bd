using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Api;

/// <summary>The OpenAPI document that a node serves, and docs/reference/openapi.json, which is the same.</summary>
public sealed class OpenApiSpecs
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task The_document_is_the_one_in_docs_reference()
    {
        var served = (await ReadAsync()).ToJsonString(Indented) + "\n";
        var file = Path.Combine(Root(), "docs", "reference", "openapi.json");
        if (Environment.GetEnvironmentVariable("RECORDER_WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(file, served);

        (await File.ReadAllTextAsync(file)).ShouldBe(
            served, "the API changed: run this spec with RECORDER_WRITE_OPENAPI=1, which writes the file, and look at what changed");
    }

    [Fact]
    public async Task Every_reference_in_the_document_leads_somewhere()
    {
        var document = await ReadAsync();
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        foreach (var reference in Walk(document).OfType<JsonObject>().Select(node => node["$ref"]).OfType<JsonValue>())
        {
            JsonNode? at = document;
            foreach (var step in reference.GetValue<string>().TrimStart('#', '/').Split('/'))
                at = at?[step];

            at.ShouldNotBeNull(reference.ToJsonString());
        }
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_for_and_how_it_refuses()
    {
        foreach (var (path, methods) in (await ReadAsync())["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var name = $"{method} {path}";
                operation!["operationId"].ShouldNotBeNull(name);
                operation["summary"]!.GetValue<string>().ShouldEndWith(".", customMessage: name);
                var responses = operation["responses"]!.AsObject();
                responses.ShouldContain(response => response.Key.StartsWith('2') || response.Key == "101", name);
                foreach (var (status, response) in responses.Where(it => it.Key[0] is '4' or '5' && !path.StartsWith("/health", StringComparison.Ordinal)))
                    response!["content"]!["application/problem+json"].ShouldNotBeNull($"{name} {status}");
            }
        }
    }

    private static async Task<JsonObject> ReadAsync()
    {
        await using var node = await ServedNode.StartAsync();
        var (status, document) = await node.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        ((int)status).ShouldBe(200);
        return document!.AsObject();
    }

    private static IEnumerable<JsonNode> Walk(JsonNode node) => node switch
    {
        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>().SelectMany(Walk).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Walk).Prepend(node),
        _ => [node],
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Recorder.sln")))
            folder = folder.Parent;

        return folder.FullName;
    }
}
