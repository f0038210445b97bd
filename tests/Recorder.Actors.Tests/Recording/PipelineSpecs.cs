using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A media pipeline on real codecs and containers, into memory, at wall-clock times that a spec chooses.</summary>
public abstract class PipelineSpecs : IDisposable
{
    private protected MemorySink Sink { get; } = new();
    private protected WallClock Wall { get; } = new();
    private MediaPipeline? _pipeline;

    private protected MediaPipeline Pipeline => _pipeline.ShouldNotBeNull();

    public void Dispose()
    {
        _pipeline?.Dispose();
        Sink.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private protected MediaPipeline Open(
        RecorderOptions? options = null, TimeSpan? timeslice = null, TimeSpan? limit = null, bool mayDrop = true) =>
        Open(TrackPlan.For("", ScriptedMedia.Both).Plan.ShouldNotBeNull(), options, timeslice, limit, mayDrop);

    // Copies the packets unchanged, whatever they contain.
    private protected MediaPipeline OpenCopy(
        RecorderOptions? options = null, TimeSpan? timeslice = null, bool mayDrop = true, bool isSingleFile = false, bool audioOnly = false) =>
        Open(
            new TrackPlan(
                MediaContainer.Matroska,
                audioOnly ? [new PlannedTrack(ScriptedMedia.Audio, null)] : [new PlannedTrack(CopiedVideo(), null), new PlannedTrack(ScriptedMedia.Audio, null)]),
            options, timeslice, null, mayDrop, isSingleFile);

    private protected static SourceTrack CopiedVideo(int width = ScriptedMedia.Width)
    {
        var raw = CodecParameters.RawVideo(width, ScriptedMedia.Height, "yuv420p", new Rational(ScriptedMedia.FrameRate, 1));
        using var encoder = new VideoTranscoder(
            raw, ScriptedMedia.Video.TimeBase, new VideoEncoding { Codec = "vp8", BitsPerSecond = 100_000 });
        return ScriptedMedia.Video with
        {
            Parameters = encoder.Output,
            Description = ScriptedMedia.Video.Description with { Codec = "vp8", Width = width },
        };
    }

    private protected void Write(PacketBatch batch)
    {
        Pipeline.Write(batch);
        batch.Release();
    }

    private MediaPipeline Open(
        TrackPlan plan, RecorderOptions? options, TimeSpan? timeslice, TimeSpan? limit, bool mayDrop, bool isSingleFile = false) =>
        _pipeline = new MediaPipeline(plan, options ?? new RecorderOptions(), timeslice, limit, mayDrop, Sink, Wall, isSingleFile: isSingleFile);

    private protected sealed record StatedGap(
        GapCause Cause, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset From, DateTimeOffset To, long Packets);

    private protected sealed class WallClock : TimeProvider
    {
        private TimeSpan _set;

        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public int Reads { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.UtcTicks - _set.Ticks;

        /// <summary>Sets the wall clock while no time passes.</summary>
        public void Set(TimeSpan by) => (Now, _set) = (Now + by, _set + by);

        public override DateTimeOffset GetUtcNow()
        {
            Reads++;
            return Now;
        }
    }

    private protected sealed class MemorySink : IPipelineSink, IDisposable
    {
        public long Backlog { get; set; }

        public string MimeType { get; private set; } = "";

        public IReadOnlyList<TrackDescription> Tracks { get; private set; } = [];

        public List<BlobPosition> Blobs { get; } = [];

        public List<MemoryStream> Extents { get; } = [];

        public List<StatedGap> Gaps { get; } = [];

        public bool IsDurationReached { get; private set; }

        /// <summary>The number of bytes of this value in an extent.</summary>
        public long Count(int extent, byte value) => Extents[extent].ToArray().LongCount(each => each == value);

        public void Begun(string mimeType, IReadOnlyList<TrackDescription> tracks) => (MimeType, Tracks) = (mimeType, tracks);

        public void BeginExtent(int number) => Extents.Add(new MemoryStream());

        public void TracksChanged()
        {
        }

        public void Append(MediaBytes bytes)
        {
            Extents[^1].Write(bytes.ToArray());
            bytes.Dispose();
        }

        public void EndBlob(BlobPosition position) => Blobs.Add(position);

        public List<TimeSpan> KeyPictures { get; } = [];

        public void AddKeyFrame(TimeSpan time, ReadOnlySpan<byte> data) => KeyPictures.Add(time);

        public void Finalise(IReadOnlyList<MediaPatch> patches)
        {
        }

        public void AddGap(
            GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail) =>
            Gaps.Add(new StatedGap(cause, mediaTime, duration, from, to, packets));

        public void ResumeWriting()
        {
        }

        public void ReportStorage(StorageStatus status, string detail)
        {
        }

        public void DurationReached() => IsDurationReached = true;

        public void Dispose() => Extents.ForEach(extent => extent.Dispose());
    }
}
