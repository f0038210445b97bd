using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.FFmpeg;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Recording;

/// <summary>Runs a <see cref="ProbeRequest"/>.</summary>
internal static class ProbeRun
{
    /// <summary>Opens the source, says what it is, closes it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ProbeRequest request, CommandOutput console)
    {
        using var logging = RecordRun.Logging(request.Verbosity, console);
        FFmpegLibrary.Initialize(logging.CreateLogger(RecordRun.FFmpegCategory));
        using var cancellation = new CancellationTokenSource();
        using var signals = new StopSignals(cancellation.Cancel, () => Environment.Exit(ExitCode.Aborted));
        try
        {
            var found = ProbeReport.Of(await SourceProbe.RunAsync(request.Source, request.Timeout, request.Capture, cancellation.Token));
            foreach (var line in request.Json ? [found.ToJson()] : found.ToLines())
            {
                console.Line(line);
            }

            return ExitCode.Done;
        }
        catch (CaptureException refused)
        {
            console.Error(refused.Error.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Aborted;
        }
    }
}

/// <summary>A MIME type that a source can be recorded to.</summary>
/// <param name="MimeType">The type.</param>
/// <param name="How"><c>copy</c> when every stream is kept as it is, else <c>encode</c>.</param>
internal sealed record RecordableType(string MimeType, string How);

/// <summary>What a probe found, for people and for programs.</summary>
internal sealed record ProbeReport(
    string Source, string Format, bool Live, TimeSpan? Duration, IReadOnlyList<TrackDescription> Tracks, IReadOnlyList<RecordableType> Recordable)
{
    /// <summary>Makes a report of a probe.</summary>
    public static ProbeReport Of(SourceProbe probe)
    {
        // Of several types that come to the same the first, which is the most exact.
        var recordable = MediaSupport.RecordableTypes(probe.Tracks)
            .Select(type => new RecordableType(type, MediaSupport.IsCopy(type, probe.Tracks) ? "copy" : "encode"))
            .DistinctBy(type => (type.MimeType.Split(';')[0], type.How));
        return new ProbeReport(probe.Source.Masked, probe.Format, probe.IsLive, probe.Duration, probe.Tracks, [.. recordable]);
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new ProbeJson(Source, Format, Live, Duration?.TotalMilliseconds, RawTracks(), Recordable), ProbeJsonContext.Default.ProbeJson);

    /// <summary>A table and two lists.</summary>
    public IEnumerable<string> ToLines()
    {
        var length = Duration is { } duration ? Quantity.Clock(duration) : Live ? "live" : "endless";
        yield return $"{Source}  ({Format}, {length})";
        yield return "";
        string[][] rows = [["track", "kind", "codec", "in a MIME type", "what", "bit rate"], .. Tracks.Select(RowOf)];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            yield return string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
        }

        foreach (var (how, title) in (IEnumerable<(string, string)>)[("copy", "Can be recorded as it is to:"), ("encode", "Can be encoded to:")])
        {
            var types = Recordable.Where(type => type.How == how).ToList();
            if (types.Count > 0)
            {
                yield return "";
                yield return title;
                foreach (var type in types)
                {
                    yield return "  " + type.MimeType;
                }
            }
        }
    }

    private static string[] RowOf(TrackDescription track)
    {
        var text = CultureInfo.InvariantCulture;
        List<string> what = track.Kind == TrackKind.Video
            ?
            [
                $"{track.Width}x{track.Height}",
                track.FrameRate > 0 ? string.Create(text, $"{track.FrameRate:0.###} frames/s") : "frame rate unknown",
                .. track.Rotation == 0 ? Array.Empty<string>() : [$"turned by {track.Rotation} degrees"],
            ]
            : [string.Create(text, $"{track.SampleRate} Hz"), track.Channels == 1 ? "mono" : track.Channels == 2 ? "stereo" : $"{track.Channels} channels"];
        if (track.Language is { } language and not "und")
        {
            what.Add(language);
        }

        return
        [
            track.Id.ToString(text),
            track.Kind.ToString().ToLowerInvariant(),
            track.Codec,
            track.MimeCodec.Length > 0 ? track.MimeCodec : "-",
            string.Join(", ", what),
            track.BitsPerSecond > 0 ? Quantity.Scaled(track.BitsPerSecond, "bit/s") : "-",
        ];
    }

    // The tracks are written as the contract writes them everywhere.
    private JsonElement RawTracks()
    {
        using var document = JsonDocument.Parse(ProtocolJson.Write(Tracks));
        return document.RootElement.Clone();
    }
}

/// <summary>The shape of <c>recorder probe --json</c>; the duration in milliseconds.</summary>
internal sealed record ProbeJson(
    string Source, string Format, bool Live, double? Duration, JsonElement Tracks, IReadOnlyList<RecordableType> Recordable);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProbeJson))]
internal sealed partial class ProbeJsonContext : JsonSerializerContext;
