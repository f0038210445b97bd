using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

internal sealed record RecordingIdentity(RecorderId Recorder, RecordingId Recording, string MimeType, Func<int, string> ExtentPath)
{
    public Blob BlobOf(IndexLine line, Dictionary<int, string> paths)
    {
        var extent = line.Extent ?? 1;
        if (!paths.TryGetValue(extent, out var path))
            paths.Add(extent, path = ExtentPath(extent));

        return new Blob
        {
            Recording = Recording,
            Number = line.Seq ?? 0,
            Extent = extent,
            Path = path,
            Offset = line.Offset ?? 0,
            Length = line.Length ?? 0,
            Type = MimeType,
            MediaTime = Time(line.MediaTime),
            Duration = Time(line.Duration),
            CapturedAt = line.WallTime ?? DateTimeOffset.UnixEpoch,
            StartsWithKeyFrame = line.Key ?? false,
            Crc32C = IndexLine.Checksum(line.Crc32C),
            Epoch = line.Epoch ?? 0,
        };
    }

    public RecorderProtocol.GapRecorded GapOf(IndexLine.GapLine gap) =>
        new(Recorder, 0, gap.To, Recording, Enum.TryParse<GapCause>(gap.Cause, out var cause) ? cause : GapCause.Unknown)
        {
            MediaTime = Time(gap.MediaTime),
            Duration = Time(gap.Duration),
            From = gap.From,
            To = gap.To,
            Packets = gap.Packets,
            Detail = gap.Detail,
        };

    public RecorderProtocol.Marked MarkOf(IndexLine.MarkLine mark) =>
        new(Recorder, 0, mark.At, Recording, Time(mark.MediaTime), mark.Label);

    // The index file is exact to the tick, but TimeSpan.FromMilliseconds may lose the last one.
    private static TimeSpan Time(double? milliseconds) =>
        TimeSpan.FromTicks((long)Math.Round((milliseconds ?? 0) * TimeSpan.TicksPerMillisecond));
}
