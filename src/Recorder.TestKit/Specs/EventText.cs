using System.Globalization;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing;

internal static class EventText
{
    public static string Of(IEvent raised) =>
        string.Create(CultureInfo.InvariantCulture, $"#{raised.Sequence} {Describe(raised)}");

    private static string Describe(IEvent raised) => raised switch
    {
        Started started => $"start: {started.MimeType}",
        DataAvailable { Data: var blob } => string.Create(
            CultureInfo.InvariantCulture,
            $"dataavailable: blob {blob.Number} of {blob.Length} bytes at {blob.Offset}, "
                + $"media {Time(blob.MediaTime)} + {Time(blob.Duration)}"),
        Paused => "pause",
        Resumed => "resume",
        ErrorRaised error => $"error: {error.Error}",
        Stopped stop => string.Create(
            CultureInfo.InvariantCulture,
            $"stop: {stop.Reason} after {Time(stop.Duration)}, {stop.Bytes} bytes in {stop.Blobs} blobs"),
        GapRecorded gap => string.Create(
            CultureInfo.InvariantCulture,
            $"gap: {gap.Cause} at {Time(gap.MediaTime)} for {Time(gap.Duration)}, {gap.Packets} packets; {gap.Detail}"),
        SourceChanged source => $"source: {source.Status} {source.Detail}".TrimEnd(),
        BlobDurable durable => $"durable: through blob {durable.Through}",
        StorageChanged storage => $"storage: {storage.Status} {storage.Detail}".TrimEnd(),
        ClockChanged clock => $"clock: {clock.Status} {clock.Detail}".TrimEnd(),
        LateMedia late => string.Create(
            CultureInfo.InvariantCulture,
            $"latemedia: {late.Extents} extents, {late.Gaps} gaps and {late.Marks} marks of node {late.Node}, #{late.First} to #{late.Last}"),
        Marked marked => $"mark: {marked.Label} at {Time(marked.MediaTime)}",
        _ => raised.ToString() ?? "",
    };

    private static string Time(TimeSpan time) => time.TotalSeconds.ToString("0.### s", CultureInfo.InvariantCulture);
}
