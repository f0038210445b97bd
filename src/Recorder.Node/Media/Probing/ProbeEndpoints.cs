using Recorder.Actors.Capture;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>A source to look at before a recorder is defined.</summary>
internal sealed class ProbeInput
{
    /// <summary>The source, as a recorder's definition has it.</summary>
    public string Source { get; set; } = "";
}

/// <summary>A source, found by opening it.</summary>
/// <param name="Source">The source, with credentials masked.</param>
/// <param name="Live">Whether it continues even if nothing reads it.</param>
/// <param name="Tracks">The tracks that can be recorded.</param>
/// <param name="Recordable">The MIME types that it can be recorded to.</param>
/// <param name="Picture">Its next key frame as a JPEG of at most 320 pixels in width, in base64; absent without video.</param>
/// <param name="NoPicture">Why there is no picture, if there is video.</param>
internal sealed record ProbeAnswer(
    string Source, bool Live, IReadOnlyList<TrackDescription> Tracks, IReadOnlyList<RecordableType> Recordable, byte[]? Picture = null,
    string? NoPicture = null);

/// <summary><c>/v1/sources:probe</c>: for those who may define recorders, since the node connects to what it is told.</summary>
internal static class ProbeEndpoints
{
    public static void MapProbe(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sources:probe", ProbeAsync).WithName("ProbeSource").WithTags("Recorders")
            .WithSummary("Opens a source: its tracks, and a picture of its next key frame.")
            .Takes<ProbeInput>().Answers<ProbeAnswer>(200).Refuses(400, 413, 415, 503);

    private static async Task<IResult> ProbeAsync(HttpRequest request, SourceProbes probes, SourcePolicy policy)
    {
        var input = await JsonBody.ReadAsync(request, MediaJson.Default.ProbeInput);
        if (!SourceUri.TryParse(input.Source, out var source, out var problem))
            throw new ProblemException(Problem.NotSupported(problem));

        policy.ThrowIfForbidden(input.Source);
        return TypedResults.Ok(await probes.ProbeAsync(source, request.HttpContext.RequestAborted));
    }
}
