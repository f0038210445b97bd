using Recorder.Actors.Capture;
using Recorder.Contracts.Json;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Media;

namespace Recorder.Node.Cli.Recording;

internal static class ProbeRun
{
    public static async Task<int> RunAsync(ProbeRequest request, CommandOutput console)
    {
        using var logging = StderrLoggerProvider.CreateFactory(request.Verbosity, console);
        FFmpegLibrary.Initialize(logging.CreateLogger(StderrLoggerProvider.FFmpegCategory));
        using var cancellation = new CancellationTokenSource();
        using var signals = new StopSignals(cancellation.Cancel, () => Environment.Exit(ExitCode.Aborted));
        try
        {
            var found =
                ProbeReport.Of(await SourceProbe.RunAsync(request.Source, request.Timeout, request.Capture, cancellation.Token));
            foreach (var line in request.Json ? [found.ToJson()] : found.ToLines())
                console.Line(line);

            return ExitCode.Done;
        }
        catch (CaptureException failed)
        {
            console.Error(failed.Error.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Aborted;
        }
    }
}

internal sealed record ProbeReport(
    string Source, string Format, bool Live, TimeSpan? Duration, IReadOnlyList<TrackDescription> Tracks,
    IReadOnlyList<RecordableType> Recordable)
{
    public static ProbeReport Of(SourceProbe probe) =>
        new(probe.Source.Masked, probe.Format, probe.IsLive, probe.Duration, probe.Tracks, RecordableType.Of(probe.Tracks));

    public string ToJson() => new JsonObject
    {
        ["source"] = Source,
        ["format"] = Format,
        ["live"] = Live,
        ["duration"] = Duration?.TotalMilliseconds,
        // Tracks have the same JSON here as in the messages of the protocol.
        ["tracks"] = JsonNode.Parse(ProtocolJson.Write(Tracks)),
        ["recordable"] = new JsonArray([.. Recordable.Select(type => new JsonObject { ["mimeType"] = type.MimeType, ["how"] = type.How })]),
    }.ToJsonString();

    public IEnumerable<string> ToLines()
    {
        var length = Duration is { } duration ? Quantity.Clock(duration) : Live ? "live" : "endless";
        yield return $"{Source}  ({Format}, {length})";
        yield return "";
        var table = new TextTable("TRACK", "KIND", "CODEC", "MIME CODEC", "FORMAT", "BIT RATE");
        foreach (var track in Tracks)
            table.Add(RowOf(track));

        foreach (var line in table.ToLines())
            yield return line;

        foreach (var types in Recordable.GroupBy(type => type.How))
        {
            yield return "";
            yield return types.Key == "copy" ? "Can be recorded without encoding to:" : "Can be encoded to:";
            foreach (var type in types)
                yield return "  " + type.MimeType;
        }
    }

    private static Cell[] RowOf(TrackDescription track)
    {
        var culture = CultureInfo.InvariantCulture;
        List<string> format = track.Kind == TrackKind.Video
            ?
            [
                $"{track.Width}x{track.Height}",
                track.FrameRate > 0 ? string.Create(culture, $"{track.FrameRate:0.###} frames/s") : "frame rate unknown",
                .. track.Rotation == 0 ? Array.Empty<string>() : [$"rotated by {track.Rotation} degrees"],
            ]
            :
            [
                string.Create(culture, $"{track.SampleRate} Hz"),
                track.Channels switch { 1 => "mono", 2 => "stereo", var channels => $"{channels} channels" },
            ];
        if (track.Language is { } language and not "und")
            format.Add(language);

        return
        [
            track.Id.ToString(culture),
            track.Kind.ToString().ToLowerInvariant(),
            track.Codec,
            track.MimeCodec.Length > 0 ? track.MimeCodec : "-",
            string.Join(", ", format),
            track.BitsPerSecond > 0 ? Quantity.Scaled(track.BitsPerSecond, "bit/s") : "-",
        ];
    }
}
