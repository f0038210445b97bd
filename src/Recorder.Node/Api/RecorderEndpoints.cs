using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recorder.Contracts;
using Recorder.Node.Configuration;
using Recorder.Node.Http;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary><c>/v1/recorders</c>: defined once and kept.</summary>
internal static class RecorderEndpoints
{
    private static readonly QueryParameter Label =
        new("label", "string", "Only with this label: NAME, or NAME:VALUE. All that are given must match.") { IsRepeatable = true };

    private static readonly QueryParameter State = new("state", "string", "Only in this state: inactive, recording or paused.");

    private static readonly QueryParameter After = new("after", "string", "Only behind this id: next of the page before.");

    public static void MapRecorders(this IEndpointRouteBuilder routes)
    {
        var recorders = routes.MapGroup("/v1/recorders").WithTags("Recorders");
        recorders.MapGet("", ListAsync).WithName("ListRecorders").WithSummary("The recorders, by id.")
            .WithQuery(Label, State, After, Query.Limit).Answers<RecorderPage>(200).Refuses(400, 503).Requires(Role.Viewer, AccessScope.Listing);
        recorders.MapPost("", DefineAsync).WithName("DefineRecorder").WithSummary("Defines a recorder; it is inactive.")
            .Takes<RecorderInput>().IsIdempotent().Answers<RecorderAnswer>(201).Refuses(400, 409, 413, 415);
        recorders.MapGet("/{id}", GetAsync).WithName("GetRecorder").WithSummary("A recorder.")
            .WithQuery().Answers<RecorderAnswer>(200).Refuses(400, 404, 503).Requires(Role.Viewer, AccessScope.Recorder);
        recorders.MapPatch("/{id}", ChangeAsync).WithName("ChangeRecorder")
            .WithSummary("Changes a recorder's definition: members that are given replace, null brings back the default (RFC 7396).")
            .Takes<RecorderInput>().IsIdempotent().Answers<RecorderAnswer>(200).Refuses(400, 404, 409, 413, 415)
            .Requires(Role.Admin, AccessScope.Recorder);
        recorders.MapDelete("/{id}", RemoveAsync).WithName("RemoveRecorder")
            .WithSummary("Removes a recorder; what it records is stopped first, and its recordings stay.")
            .WithQuery().IsIdempotent().Answers(204).Refuses(400, 404).Requires(Role.Admin, AccessScope.Recorder);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, RegistryClient fleet, ServeOptions options)
    {
        var access = request.HttpContext.GetAccess();
        var limit = Query.ReadLimit(request);
        var after = Query.Text(request, After) ?? "";
        var state = ReadState(request);
        var labels = request.Query[Label.Name].Where(label => !string.IsNullOrEmpty(label)).Select(label => label!).ToList();
        var matching = (await fleet.ListAsync()).Where(definition =>
            string.CompareOrdinal(definition.Id.Value, after) > 0 && access.MaySee(definition.Id) && labels.TrueForAll(label => Matches(definition, label)));
        // One more than the page has room for tells whether there is another; by state, all have to be asked.
        var answers = await Task.WhenAll(
            (state is null ? matching.Take(limit + 1) : matching).Select(definition => AnswerAsync(definition, fleet, options)));
        var found = answers.Where(answer => state is null || answer.State == state).ToList();
        return TypedResults.Ok(
            new RecorderPage([.. found.Take(limit)], found.Count > limit ? found[limit - 1].Id.Value : null));
    }

    private static async Task<IResult> DefineAsync(HttpRequest request, RegistryClient fleet, SourcePolicy sources, ServeOptions options)
    {
        var input = await JsonBody.ReadAsync(request, ApiJson.RecorderInput);
        var definition = RecorderMapping.ToDefinition(input, RecorderState.Inactive);
        sources.ThrowIfForbidden(definition.Source);
        definition = await fleet.DefineAsync(definition);
        return TypedResults.Created($"/v1/recorders/{definition.Id}", await AnswerAsync(definition, fleet, options));
    }

    private static async Task<IResult> GetAsync(string id, RegistryClient fleet, ServeOptions options) =>
        TypedResults.Ok(await AnswerAsync(await FindAsync(fleet, id), fleet, options));

    private static async Task<IResult> ChangeAsync(
        string id, HttpRequest request, RegistryClient fleet, SourcePolicy sources, ServeOptions options)
    {
        var current = await FindAsync(fleet, id);
        var changes = JsonBody.ReadMembers(await JsonBody.ReadBytesAsync(request), ApiJson.RecorderInput);
        var changed = RecorderMapping.Change(current, changes);
        sources.ThrowIfForbidden(changed.Source);
        changed = await fleet.ChangeAsync(changed);
        return TypedResults.Ok(await AnswerAsync(changed, fleet, options));
    }

    private static async Task<IResult> RemoveAsync(string id, RegistryClient fleet)
    {
        var definition = await FindAsync(fleet, id);
        await fleet.RemoveAsync(definition.Id);
        return TypedResults.NoContent();
    }

    /// <summary>The recorder that a path names.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    internal static async Task<RecorderDefinition> FindAsync(RegistryClient fleet, string id)
    {
        var recorder = RecorderMapping.ReadId(id);
        return await fleet.FindAsync(recorder)
            ?? throw RegistryClient.NotDefined(recorder);
    }

    private static async Task<RecorderAnswer> AnswerAsync(RecorderDefinition definition, RegistryClient fleet, ServeOptions options) =>
        RecorderMapping.ToAnswer(
            definition, await fleet.StatusAsync(definition.Id), await fleet.NodeOfAsync(definition.Id, CancellationToken.None) ?? options.Node);

    private static RecorderState? ReadState(HttpRequest request) =>
        Query.Text(request, State) is not { } text ? null
            : text switch
            {
                "inactive" => RecorderState.Inactive,
                "recording" => RecorderState.Recording,
                "paused" => RecorderState.Paused,
                _ => throw Query.Wrong(State, text, "inactive, recording or paused"),
            };

    private static bool Matches(RecorderDefinition definition, string label)
    {
        var colon = label.IndexOf(':', StringComparison.Ordinal);
        return definition.Labels.TryGetValue(colon < 0 ? label : label[..colon], out var value) && (colon < 0 || value == label[(colon + 1)..]);
    }
}
