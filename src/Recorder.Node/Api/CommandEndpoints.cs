using System.Text.Json.Serialization.Metadata;
using Recorder.Actors.Recording;
using Recorder.Node.Security;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Api;

/// <summary><c>POST /v1/recorders/{id}:start</c> and the other methods of the MediaRecorder specification.</summary>
internal static class CommandEndpoints
{
    private const int LongestMark = 200;

    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        Map(routes, "start", "Starts a recording.", ApiJsonContext.Default.StartInput, ReadStart);
        Map(routes, "stop", "Stops the recording; does nothing if there is none.", ApiJsonContext.Default.NoInput, (recorder, _) => new Stop(recorder));
        Map(routes, "pause", "Pauses the recording: media is left out until it resumes.", ApiJsonContext.Default.NoInput, (recorder, _) => new Pause(recorder));
        Map(routes, "resume", "Resumes the recording.", ApiJsonContext.Default.NoInput, (recorder, _) => new Resume(recorder));
        Map(routes, "requestData", "Makes a blob of the data gathered so far.", ApiJsonContext.Default.NoInput, (recorder, _) => new RequestData(recorder));
        Map(routes, "split", "Starts a new file at the next key frame.", ApiJsonContext.Default.NoInput, (recorder, _) => new Split(recorder));
        Map(routes, "mark", "Names the current moment of the recording.", ApiJsonContext.Default.MarkInput, ReadMark);
    }

    private static void Map<TInput>(
        IEndpointRouteBuilder routes, string verb, string summary, JsonTypeInfo<TInput> type,
        Func<RecorderId, JsonElement, ICommand> read)
        where TInput : class =>
        routes.MapPost("/v1/recorders/{id}:" + verb, async (string id, HttpRequest request, RegistryClient registry) =>
            {
                var recorder = RecorderMapping.ReadId(id);
                await registry.RequireInClusterAsync(recorder);
                var bytes = await JsonBody.ReadBytesAsync(request);
                var body = JsonBody.ReadMembers(bytes.Length == 0 ? "{}"u8.ToArray() : bytes, type);
                var state = await registry.CommandAsync(read(recorder, body));
                return TypedResults.Ok(new CommandAnswer(recorder, state));
            })
            .Requires(Role.Operator, AccessScope.Recorder).WithName(char.ToUpperInvariant(verb[0]) + verb[1..]).WithTags("Commands").WithSummary(summary)
            .WithQuery().Takes<TInput>(isRequired: typeof(TInput) == typeof(MarkInput)).IsIdempotent()
            .Answers<CommandAnswer>(200).Refuses(400, 404, 413, 415)
            // Stopping an inactive recorder is not an error.
            .Refuses(verb == "stop" ? [] : [StatusCodes.Status409Conflict]);

    private static Start ReadStart(RecorderId recorder, JsonElement body)
    {
        var input = body.Deserialize(ApiJsonContext.Default.StartInput)!;
        // Without a timeslice the registry takes that of the definition.
        var start = new Start(recorder, input.Timeslice) { Duration = input.Duration, PreRoll = input.PreRoll };
        var wrong = OptionsCheck.Find(start) is { } sentence ? RecorderMapping.Named(sentence)
            : input.PreRoll <= TimeSpan.Zero ? "'preRoll' must be more than 0; leave it out to begin now."
            : null;
        return wrong is null ? start : throw new ProblemException(Problem.NotSupported(wrong));
    }

    private static Mark ReadMark(RecorderId recorder, JsonElement body) =>
        body.Deserialize(ApiJsonContext.Default.MarkInput)!.Label is { Length: > 0 and <= LongestMark } label
            ? new Mark(recorder, label)
            : throw new ProblemException(Problem.NotSupported($"'label' must have 1 to {LongestMark} characters."));
}
