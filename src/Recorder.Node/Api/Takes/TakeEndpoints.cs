using System.Text.Json.Serialization.Metadata;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary><c>/v1/takes</c>: many recorders that begin as one.</summary>
internal static class TakeEndpoints
{
    private const int LongestLabel = 200;
    private const int LongestNote = 1_000;

    private static readonly string[] Colours =
        ["blue", "cyan", "green", "yellow", "red", "pink", "purple", "fuchsia", "rose", "lavender", "sky", "mint", "lemon", "sand", "cocoa", "cream"];

    public static void MapTakes(this IEndpointRouteBuilder routes)
    {
        var takes = routes.MapGroup("/v1/takes").WithTags("Takes");
        takes.MapGet("", async (HttpRequest request, TakeClient client) =>
            TypedResults.Ok(new TakeList(await client.ListAsync(Query.ReadLimit(request), request.HttpContext.GetAccess()))))
            .WithName("ListTakes").WithSummary("The takes of this node, the newest first.")
            .WithQuery(Query.Limit).Answers<TakeList>(200).Refuses(400).Requires(Role.Viewer, AccessScope.Listing);
        takes.MapPost("", ArmAsync).WithName("ArmTake").WithSummary("Arms a take: its recorders keep their latest media, and each says whether it is ready.")
            .Takes<TakeInput>().IsIdempotent().Answers<Take>(201).Refuses(400, 409, 413, 415).Requires(Role.Operator, AccessScope.Listing);
        takes.MapGet("/{take}", async (string take, HttpContext context, TakeClient client) =>
            TypedResults.Ok(await client.SendAsync<Take>(new TakeProtocol.Get(TakeClient.ReadId(take)), context.GetAccess())))
            .WithName("GetTake").WithSummary("A take, with how far apart its recorders are.")
            .WithQuery().Answers<Take>(200).Refuses(400, 404).Requires(Role.Viewer, AccessScope.Listing);
        takes.MapPatch("/{take}", ChangeAsync).WithName("ChangeTake").WithSummary("Changes a take's slate; what it was is kept in its history.")
            .Takes<SlateInput>().IsIdempotent().Answers<Take>(200).Refuses(400, 404, 413, 415).Requires(Role.Operator, AccessScope.Listing);
        Map<TakeStartInput, Take>(
            routes, "start", "Begins a take at one moment, which every file contains.", ApiJsonContext.Default.TakeStartInput, ReadStart);
        Map<NoInput, Take>(routes, "stop", "Ends a take: stops its recorders, or lets them go if it has not begun.", ApiJsonContext.Default.NoInput, (id, _, _) => new TakeProtocol.Stop(id));
        Map<TakeMarkInput, Take>(routes, "mark", "Gives a moment of a take a name.", ApiJsonContext.Default.TakeMarkInput, (id, input, _) => ReadMark(id, input));
        MapAll(routes, "pause", "Pauses every recorder of a take, and says which state each reached.", TakeVerb.Pause);
        MapAll(routes, "resume", "Resumes every recorder of a take.", TakeVerb.Resume);
        MapAll(routes, "split", "Starts a new file of every recorder of a take.", TakeVerb.Split);
        MapAll(routes, "requestData", "Makes a blob of the data gathered so far, of every recorder of a take.", TakeVerb.RequestData);
    }

    private static void MapAll(IEndpointRouteBuilder routes, string verb, string summary, TakeVerb command) =>
        Map<NoInput, TakeProtocol.Commanded>(routes, verb, summary, ApiJsonContext.Default.NoInput, (id, _, _) => new TakeProtocol.Command(id, command));

    private static void Map<TInput, TAnswer>(
        IEndpointRouteBuilder routes, string verb, string summary, JsonTypeInfo<TInput> type, Func<TakeId, TInput, TimeProvider, TakeProtocol.IRequest> read)
        where TInput : class, new()
        where TAnswer : class =>
        routes.MapPost("/v1/takes/{take}:" + verb, async (string take, HttpRequest request, TakeClient client, TimeProvider time) =>
            {
                var input = await JsonBody.ReadAsync(request, type, whenEmpty: new TInput());
                return TypedResults.Ok(await client.SendAsync<TAnswer>(read(TakeClient.ReadId(take), input, time), request.HttpContext.GetAccess()));
            })
            .Requires(Role.Operator, AccessScope.Listing).WithName(char.ToUpperInvariant(verb[0]) + verb[1..] + "Take").WithTags("Takes").WithSummary(summary)
            .WithQuery().Takes<TInput>(isRequired: typeof(TInput) == typeof(TakeMarkInput)).IsIdempotent()
            .Answers<TAnswer>(200).Refuses(400, 404, 413, 415)
            // Stopping a take that has ended is not an error.
            .Refuses(verb == "stop" ? [] : [StatusCodes.Status409Conflict]);

    private static async Task<IResult> ArmAsync(HttpRequest request, TakeClient client)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.TakeInput);
        var take = await client.ArmAsync(
            new TakeProtocol.Arm
            {
                Angles = [.. input.Angles.Select(angle => new TakeProtocol.AngleRequest(RecorderMapping.ReadId(angle.Recorder), angle.Camera, angle.Angle, angle.Reel))],
                Slate = new Slate
                {
                    Project = input.Project,
                    Scene = input.Scene,
                    Shot = input.Shot,
                    Template = input.Template,
                    Notes = input.Notes,
                },
                IsStrict = input.Strict,
                Rate = input.Rate,
                IsDropFrame = input.DropFrame,
                TimeCodeRecorder = input.TimeCodeRecorder is { } source ? RecorderMapping.ReadId(source) : null,
                Timeslice = input.Timeslice,
                LeastTimeLeft = input.LeastTimeLeft,
            },
            request.HttpContext.GetAccess());
        return TypedResults.Created($"/v1/takes/{take.Id}", take);
    }

    private static async Task<IResult> ChangeAsync(string take, HttpRequest request, TakeClient client)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.SlateInput);
        var change = new TakeProtocol.Change(TakeClient.ReadId(take))
        {
            Project = input.Project,
            Scene = input.Scene,
            Shot = input.Shot,
            Template = input.Template,
            Notes = input.Notes,
            Rating = input.Rating,
        };
        return TypedResults.Ok(await client.SendAsync<Take>(change, request.HttpContext.GetAccess()));
    }

    private static TakeProtocol.Start ReadStart(TakeId take, TakeStartInput input, TimeProvider time) => input switch
    {
        { At: not null, Ago: not null } => throw new ProblemException(Problem.NotSupported("'at' and 'ago' cannot be combined; give one of the two.")),
        { Ago: { } ago } when ago < TimeSpan.Zero => throw new ProblemException(Problem.NotSupported("'ago' must be 0 or more milliseconds.")),
        { Ago: { } ago } => new TakeProtocol.Start(take, time.GetUtcNow() - ago),
        _ => new TakeProtocol.Start(take, input.At),
    };

    private static TakeProtocol.Mark ReadMark(TakeId take, TakeMarkInput input) =>
        input.Label.Length is 0 or > LongestLabel ? throw new ProblemException(Problem.NotSupported($"'label' must have 1 to {LongestLabel} characters."))
        : input.Note.Length > LongestNote ? throw new ProblemException(Problem.NotSupported($"'note' must have up to {LongestNote} characters."))
        : input.Colour is { } colour && !Colours.Contains(colour)
            ? throw new ProblemException(Problem.NotSupported($"'colour' must be one of {string.Join(", ", Colours)}."))
        : new TakeProtocol.Mark(take, input.Label) { At = input.At, Colour = input.Colour, Note = input.Note };
}
