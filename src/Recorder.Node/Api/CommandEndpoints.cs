using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.Node.Http;
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
        Map(routes, "stop", "Stops the recording; does nothing if there is none.", ApiJsonContext.Default.NoInput, (recorder, _, _) => new Stop(recorder));
        Map(routes, "pause", "Pauses the recording: media is left out until it resumes.", ApiJsonContext.Default.NoInput, (recorder, _, _) => new Pause(recorder));
        Map(routes, "resume", "Resumes the recording.", ApiJsonContext.Default.NoInput, (recorder, _, _) => new Resume(recorder));
        Map(routes, "requestData", "Makes a blob of the data gathered so far.", ApiJsonContext.Default.NoInput, (recorder, _, _) => new RequestData(recorder));
        Map(routes, "split", "Starts a new file at the next key frame.", ApiJsonContext.Default.NoInput, (recorder, _, _) => new Split(recorder));
        Map(routes, "mark", "Names the current moment of the recording.", ApiJsonContext.Default.MarkInput, ReadMark);
    }

    private static void Map<TInput>(
        IEndpointRouteBuilder routes, string verb, string summary, JsonTypeInfo<TInput> type,
        Func<RecorderId, RecorderDefinition, JsonElement, ICommand> read)
        where TInput : class =>
        routes.MapPost("/v1/recorders/{id}:" + verb, async (string id, HttpRequest request, RecorderClient client) =>
            {
                var definition = await RecorderEndpoints.FindAsync(client, id);
                var bytes = await JsonBody.ReadBytesAsync(request);
                var body = JsonBody.ReadMembers(bytes.Length == 0 ? "{}"u8.ToArray() : bytes, type);
                var state = await client.CommandAsync(read(definition.Id, definition, body));
                return TypedResults.Ok(new CommandAnswer(definition.Id, state));
            })
            .Requires(Role.Operator, AccessScope.Recorder).WithName(char.ToUpperInvariant(verb[0]) + verb[1..]).WithTags("Commands").WithSummary(summary)
            .WithQuery().Takes<TInput>(isRequired: typeof(TInput) == typeof(MarkInput)).IsIdempotent()
            .Answers<CommandAnswer>(200).Refuses(400, 404, 413, 415)
            // Stopping an inactive recorder is not an error.
            .Refuses(verb == "stop" ? [] : [StatusCodes.Status409Conflict]);

    private static Start ReadStart(RecorderId recorder, RecorderDefinition definition, JsonElement body)
    {
        var input = body.Deserialize(ApiJsonContext.Default.StartInput)!;
        // An explicit null makes one blob; an absent member takes the recorder's timeslice.
        var timeslice = body.TryGetProperty("timeslice", out _) ? input.Timeslice : definition.Timeslice;
        var start = new Start(recorder, timeslice) { Duration = input.Duration, PreRoll = input.PreRoll };
        var wrong = OptionsCheck.Find(start) is { } sentence ? RecorderMapping.Named(sentence)
            : input.PreRoll <= TimeSpan.Zero ? "'preRoll' must be more than 0; leave it out to begin now."
            : null;
        return wrong is null ? start : throw new ProblemException(Problem.NotSupported(wrong));
    }

    private static Mark ReadMark(RecorderId recorder, RecorderDefinition definition, JsonElement body) =>
        body.Deserialize(ApiJsonContext.Default.MarkInput)!.Label is { Length: > 0 and <= LongestMark } label
            ? new Mark(recorder, label)
            : throw new ProblemException(Problem.NotSupported($"'label' must have 1 to {LongestMark} characters."));
}
