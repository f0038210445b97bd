using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The media of a recording, on real codecs and containers, without actors and files.</summary>
public sealed class RecordingSessionSpecs : IDisposable
{
    private readonly MemorySink _sink = new();
    private RecordingSession? _session;

    public void Dispose()
    {
        _session?.Dispose();
        _sink.Dispose();
    }

    [Fact]
    public void The_recording_begins_when_every_track_has_shown_its_first_packet()
    {
        var session = Open();

        Write(ScriptedMedia.Frames(0, 2, audio: false));
        session.HasBegun.ShouldBeFalse();
        Write(ScriptedMedia.Frames(0, 2, video: false));
        session.HasBegun.ShouldBeTrue();
        _sink.MimeType.ShouldMatch(@"^video/mp4;codecs=avc1\.[0-9a-f]{6},mp4a\.40\.2$");
    }

    [Fact]
    public void A_silent_track_is_waited_for_by_media_time_only()
    {
        var session = Open();

        Write(ScriptedMedia.Frames(0, 25, audio: false));
        session.HasBegun.ShouldBeFalse();
        Write(ScriptedMedia.Frames(25, 2, audio: false));
        session.HasBegun.ShouldBeTrue();
    }

    [Fact]
    public void Blobs_hold_their_timeslice_of_media_and_join_without_a_hole()
    {
        var session = Open(timeslice: TimeSpan.FromSeconds(1));

        Write(ScriptedMedia.Frames(0, 60));
        session.Finish();

        _sink.Blobs.Select(blob => blob.MediaTime.TotalSeconds).ShouldBe([0, 1, 2]);
        _sink.Blobs.Select(blob => blob.Duration.TotalSeconds).ShouldBe([1, 1, 0.4]);
        session.Duration.ShouldBe(TimeSpan.FromSeconds(2.4));
    }

    [Fact]
    public void Invariant_8_the_timeline_begins_at_zero_wherever_the_source_is_and_never_steps_back()
    {
        Open(timeslice: TimeSpan.FromSeconds(0.2));

        Write(ScriptedMedia.Frames(1_000_000, 30));
        _session!.Pause();
        Write(ScriptedMedia.Frames(1_000_030, 50));
        _session.Resume();
        Write(ScriptedMedia.Frames(1_000_080, 30));
        _session.Finish();

        _sink.Blobs[0].MediaTime.ShouldBe(TimeSpan.Zero);
        _sink.Blobs.Zip(_sink.Blobs.Skip(1)).ShouldAllBe(pair => pair.Second.MediaTime == pair.First.MediaTime + pair.First.Duration);
        _sink.Blobs[0].CapturedAt.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(40_000));
    }

    [Fact]
    public void Paused_media_is_cut_out_of_the_timeline()
    {
        var session = Open();

        Write(ScriptedMedia.Frames(0, 25));
        session.Pause();
        Write(ScriptedMedia.Frames(25, 250));
        session.Resume();
        Write(ScriptedMedia.Frames(275, 25));
        session.Finish();

        session.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        session.LostPackets.ShouldBe(0);
    }

    [Fact]
    public void The_duration_asked_for_is_recorded_to_the_frame()
    {
        var session = Open(limit: TimeSpan.FromSeconds(1));

        Write(ScriptedMedia.Frames(0, 100));
        session.Finish();

        _sink.IsDurationReached.ShouldBeTrue();
        session.Duration.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void An_extent_rolls_at_a_key_frame_that_the_encoder_is_asked_for()
    {
        var session = Open(new RecorderOptions { ExtentDuration = TimeSpan.FromSeconds(1) });

        Write(ScriptedMedia.Frames(0, 75));
        session.Finish();

        _sink.Extents.Count.ShouldBeInRange(2, 3);
        _sink.Blobs.Count.ShouldBe(_sink.Extents.Count);
        _sink.Blobs.ShouldAllBe(blob => blob.Key);
    }

    [Fact]
    public void A_disk_that_does_not_take_what_it_is_given_costs_packets_that_are_stated()
    {
        var session = Open(new RecorderOptions { MemoryLimit = 1000 });
        Write(ScriptedMedia.Frames(0, 50));
        _sink.Backlog = 2000;
        Write(ScriptedMedia.Frames(50, 25));
        _sink.Backlog = 0;
        Write(ScriptedMedia.Frames(75, 25));
        session.Finish();

        _sink.Gaps.ShouldBe([(GapCause.DiskStalled, 50L)]);
        session.LostPackets.ShouldBe(50);
    }

    [Fact]
    public void A_muted_track_that_is_not_blanked_is_a_stated_gap()
    {
        var session = Open();
        Write(ScriptedMedia.Frames(0, 25));
        session.Mute(1, muted: true);
        Write(ScriptedMedia.Frames(25, 25));
        session.Mute(1, muted: false);
        Write(ScriptedMedia.Frames(50, 25));
        session.Finish();

        _sink.Gaps.ShouldBe([(GapCause.Muted, 25L)]);
        session.Duration.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void When_the_video_track_ends_the_sound_goes_on_and_the_clock_with_it()
    {
        var session = Open(timeslice: TimeSpan.FromSeconds(1));
        Write(ScriptedMedia.Frames(0, 25));
        session.EndTrack(0);
        Write(ScriptedMedia.Frames(25, 50, video: false));
        session.Finish();

        _sink.Blobs.Count.ShouldBe(3);
        session.Duration.TotalSeconds.ShouldBe(3, 0.1);
    }

    private RecordingSession Open(RecorderOptions? options = null, TimeSpan? timeslice = null, TimeSpan? limit = null)
    {
        var plan = RecordingPlan.For("", ScriptedMedia.Both).Plan.ShouldNotBeNull();
        return _session = new RecordingSession(plan, options ?? new RecorderOptions(), timeslice, limit, _sink, TimeProvider.System);
    }

    private void Write(PacketBatch batch)
    {
        _session!.Write(batch);
        batch.Release();
    }

    private sealed class MemorySink : ISessionSink, IDisposable
    {
        public long Backlog { get; set; }

        public string MimeType { get; private set; } = "";

        public List<BlobPosition> Blobs { get; } = [];

        public List<MemoryStream> Extents { get; } = [];

        public List<(GapCause Cause, long Packets)> Gaps { get; } = [];

        public bool IsDurationReached { get; private set; }

        public void Begun(string mimeType, IReadOnlyList<TrackDescription> tracks) => MimeType = mimeType;

        public void BeginExtent(int number) => Extents.Add(new MemoryStream());

        public void Append(MediaBytes bytes)
        {
            Extents[^1].Write(bytes.ToArray());
            bytes.Dispose();
        }

        public void EndBlob(BlobPosition position) => Blobs.Add(position);

        public void Finalise(IReadOnlyList<MediaPatch> patches)
        {
        }

        public void Gap(
            GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail) =>
            Gaps.Add((cause, packets));

        public void DurationReached() => IsDurationReached = true;

        public void Dispose() => Extents.ForEach(extent => extent.Dispose());
    }
}
