using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary><c>/v1/recorders</c>: the definitions of recorders.</summary>
internal static class RecorderEndpoints
{
    internal static readonly QueryParameter Label =
        new("label", "string", "Only with this label: NAME, or NAME:VALUE. May be repeated; all must match.") { IsRepeatable = true };

    internal static readonly QueryParameter State = new("state", "string", "Only in this state: inactive, recording or paused.");
    private static readonly QueryParameter After = new("after", "string", "Continue after this id: the value of 'next' of the previous page.");

    public static void MapRecorders(this IEndpointRouteBuilder routes)
    {
        var recorders = routes.MapGroup("/v1/recorders").WithTags("Recorders");
        recorders.MapGet("", ListAsync).WithName("ListRecorders").WithSummary("The recorders, by id.")
            .WithQuery(Label, State, After, Query.Limit).Answers<RecorderPage>(200).Refuses(400, 503).Requires(Role.Viewer, AccessScope.Listing);
        recorders.MapPost("", DefineAsync).WithName("DefineRecorder").WithSummary("Defines a recorder, which is inactive.")
            .Takes<RecorderInput>().IsIdempotent().Answers<RecorderAnswer>(201).Refuses(400, 409, 413, 415);
        recorders.MapGet("/{id}", GetAsync).WithName("GetRecorder").WithSummary("A recorder.")
            .WithQuery().Answers<RecorderAnswer>(200).Refuses(400, 404, 503).Requires(Role.Viewer, AccessScope.Recorder);
        recorders.MapPatch("/{id}", ChangeAsync).WithName("ChangeRecorder")
            .WithSummary("Changes a recorder's definition: members of the body replace the old ones, null restores the default (RFC 7396).")
            .Takes<RecorderInput>().IsIdempotent().Answers<RecorderAnswer>(200).Refuses(400, 404, 409, 413, 415)
            .Requires(Role.Admin, AccessScope.Recorder);
        recorders.MapDelete("/{id}", RemoveAsync).WithName("RemoveRecorder")
            .WithSummary("Removes a recorder; its recording is stopped first, and its recordings stay.")
            .WithQuery().IsIdempotent().Answers(204).Refuses(400, 404).Requires(Role.Admin, AccessScope.Recorder);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, RegistryClient client, PeerRecorders peers, ServeOptions options)
    {
        var list = new RecorderList(
            request.HttpContext.GetAccess(), Query.Text(request, After) ?? "", Query.ReadLimit(request), ReadState(request), ReadLabels(request));
        return TypedResults.Ok(await list.ReadAsync(client, peers, options.Node, request.HttpContext.Features.Get<PeerRequest>() is not null));
    }

    private static async Task<IResult> DefineAsync(HttpRequest request, RegistryClient client, SourcePolicy sources, ServeOptions options)
    {
        var input = await JsonBody.ReadAsync(request, ApiJson.RecorderInput);
        var definition = RecorderMapping.ToDefinition(input, RecorderState.Inactive);
        ThrowIfForbidden(definition, sources);
        definition = await client.DefineAsync(definition);
        return TypedResults.Created($"/v1/recorders/{definition.Id}", await AnswerAsync(definition, client, options));
    }

    private static async Task<IResult> GetAsync(string id, RegistryClient client, ServeOptions options) =>
        TypedResults.Ok(await AnswerAsync(await FindAsync(client, id), client, options));

    private static async Task<IResult> ChangeAsync(
        string id, HttpRequest request, RegistryClient client, SourcePolicy sources, ServeOptions options)
    {
        var current = await FindAsync(client, id);
        var changes = JsonBody.ReadMembers(await JsonBody.ReadBytesAsync(request), ApiJson.RecorderInput);
        var changed = RecorderMapping.Change(current, changes);
        ThrowIfForbidden(changed, sources);
        changed = await client.ChangeAsync(changed);
        return TypedResults.Ok(await AnswerAsync(changed, client, options));
    }

    private static async Task<IResult> RemoveAsync(string id, RegistryClient client)
    {
        var definition = await FindAsync(client, id);
        await client.RemoveAsync(definition.Id);
        return TypedResults.NoContent();
    }

    private static void ThrowIfForbidden(RecorderDefinition definition, SourcePolicy sources)
    {
        sources.ThrowIfForbidden(definition.Source);
        if (definition.Preview is { } preview)
            sources.ThrowIfForbidden(preview);
    }

    internal static async Task<RecorderDefinition> FindAsync(RegistryClient client, string id)
    {
        var recorder = RecorderMapping.ReadId(id);
        return await client.FindAsync(recorder) ?? throw RegistryClient.NotDefined(recorder);
    }

    private static async Task<RecorderAnswer> AnswerAsync(RecorderDefinition definition, RegistryClient client, ServeOptions options) =>
        RecorderMapping.ToAnswer(
            definition, await client.StatusAsync(definition.Id), client.FindNode(definition.Id) ?? options.Node,
            await client.IsChangePendingAsync(definition.Id));

    internal static IReadOnlyList<string> ReadLabels(HttpRequest request) =>
        [.. request.Query[Label.Name].Where(label => !string.IsNullOrEmpty(label)).Select(label => label!)];

    internal static RecorderState? ReadState(HttpRequest request) =>
        Query.Text(request, State) is not { } text ? null
            : text switch
            {
                "inactive" => RecorderState.Inactive,
                "recording" => RecorderState.Recording,
                "paused" => RecorderState.Paused,
                _ => throw Query.Wrong(State, text, "inactive, recording or paused"),
            };
}
