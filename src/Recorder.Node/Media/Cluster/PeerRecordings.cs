using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Node.Http;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>
/// What the nodes of a cluster ask each other of a recording: its description, and in the lines of an index what was told of it. Not part of the API.
/// </summary>
internal static class PeerRecordings
{
    private const string Route = "/v1/nodes/self/recordings/";

    /// <param name="interval">What is wanted of its timeline; null for all.</param>
    public static string PathOf(RecordingKey recording, (TimeSpan From, TimeSpan To)? interval = null) =>
        interval is var (from, to) ? $"{Route}{recording}?from={MediaQuery.Write(from)}&to={MediaQuery.Write(to)}" : Route + recording;

    public static void MapPeerRecordings(this IEndpointRouteBuilder routes) => routes.MapGet(Route + "{key}", Get).WithQuery(MediaQuery.From, MediaQuery.To).ExcludeFromDescription();

    /// <exception cref="InvalidDataException">The answer is none of a node of this version.</exception>
    public static PeerRecording Read(RecordingKey key, string node, ReadOnlySpan<byte> text, LocalRecording? here)
    {
        RecordingDescription? description = null;
        RecordingIdentity? identity = null;
        var (blobs, gaps, paths) = (new List<Blob>(), new List<RecorderProtocol.GapRecorded>(), new Dictionary<int, string>());
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (identity is null)
            {
                description = ReadDescription(line, key);
                identity = new RecordingIdentity(key.Recorder, key.Recording, description.MimeType, number => number.ToString(CultureInfo.InvariantCulture));
            }
            else if (StorageJson.TryRead(line, out var told))
            {
                if (told.Gap is { } gap)
                    gaps.Add(identity.GapOf(gap));
                else
                    blobs.Add(identity.BlobOf(told, paths));
            }
        }

        return new PeerRecording(key, description!, node, blobs, gaps, here);
    }

    private static RecordingDescription ReadDescription(ReadOnlySpan<byte> line, RecordingKey key)
    {
        try
        {
            return JsonSerializer.Deserialize(line, StorageJsonContext.Default.RecordingDescription) ?? throw new JsonException();
        }
        catch (JsonException unknown)
        {
            throw new InvalidDataException($"It tells nothing of recording {key} that this version can read.", unknown);
        }
    }

    private static IResult Get(string key, HttpContext context, MediaLibrary library)
    {
        if (context.Features.Get<PeerRequest>() is null)
            throw new ProblemException(Problem.Forbidden("Only another node of the cluster may ask this; use /v1/recordings instead."));

        var recording = library.Open(key);
        var content = recording.Reader.Read(Read(context, "from"), Read(context, "to"));
        using var text = new MemoryStream();
        text.Write(JsonSerializer.SerializeToUtf8Bytes(recording.Description, StorageJsonContext.Default.RecordingDescription));
        text.WriteByte((byte)'\n');
        foreach (var gap in content.Gaps)
            text.Write(StorageJson.Line(IndexLine.For(gap)));

        foreach (var blob in content.Blobs)
            text.Write(StorageJson.Line(IndexLine.For(blob)));

        return Results.Bytes(text.ToArray(), "application/jsonl");
    }

    private static TimeSpan? Read(HttpContext context, string name) => Query.IsSeconds(context.Request.Query[name], out var seconds) ? seconds : null;
}
