using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Cameras that send JPEG frames over HTTP, on real sockets.</summary>
public sealed class MotionJpegSourceSpecs : TestKit, IClassFixture<MediaFiles>
{
    private readonly MediaFiles _files;
    private readonly IActorRef _sources;
    private readonly List<SourceMessage> _others = [];

    public MotionJpegSourceSpecs(MediaFiles files)
        : base(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF"))
    {
        _files = files;
        var options = new CaptureOptions { FirstRetry = TimeSpan.FromMilliseconds(100) };
        _sources = Sys.ActorOf(SourcesActor.PropsFor(options, NullLoggerFactory.Instance, TimeProvider.System), "sources");
    }

    [Theory]
    [InlineData(true, false, "--frame", "")]
    [InlineData(false, false, "--frame", "")]
    [InlineData(true, true, "--frame", "")]
    [InlineData(false, true, "----frame--", "")]
    [InlineData(true, false, "--frame", "Basic")]
    [InlineData(false, false, "--frame", "Digest")]
    public void Every_frame_is_delivered_unchanged_and_at_once(bool hasLengths, bool isChunked, string boundary, string login)
    {
        using var server = new MotionJpegServer(hasLengths, isChunked, boundary, login);
        server.Send(_files.Jpegs[0]);
        var track = Open(server);

        (track.Description.Codec, track.Description.Width, track.Description.Height, track.Description.FrameRate).ShouldBe(("mjpeg", 160, 120, 0));
        Next().Data.ShouldBe(_files.Jpegs[0]);
        foreach (var frame in _files.Jpegs)
        {
            // The next frame is sent only after this one has arrived.
            server.Send(frame);
            Next().Data.ShouldBe(frame);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_time_of_a_frame_is_its_arrival(bool hasLengths)
    {
        using var server = new MotionJpegServer(hasLengths);
        var sent = Stopwatch.GetTimestamp();
        server.Send(_files.Jpegs[0]);
        var track = Open(server);
        var (time, seen) = (Next().Time, Stopwatch.GetTimestamp());
        foreach (var wait in new[] { 30, 400, 90 })
        {
            await Task.Delay(wait);
            var sentNext = Stopwatch.GetTimestamp();
            server.Send(_files.Jpegs[1]);
            var (next, seenNext) = (Next().Time, Stopwatch.GetTimestamp());

            // Both frames arrived between when they were sent and when they were seen.
            track.TimeBase.ToTimeSpan(next - time).ShouldBeInRange(
                Stopwatch.GetElapsedTime(seen, sentNext) - TimeSpan.FromMilliseconds(1), Stopwatch.GetElapsedTime(sent, seenNext));
            (sent, time, seen) = (sentNext, next, seenNext);
        }
    }

    [Fact]
    public void An_incomplete_frame_is_left_out_and_counted()
    {
        using var server = new MotionJpegServer();
        server.Send(_files.Jpegs[0]);
        Open(server);
        Next();

        server.SendHalf(_files.Jpegs[1]);
        server.Send(_files.Jpegs[2]);

        Next().Data.ShouldBe(_files.Jpegs[2]);
        _others.OfType<SourceLost>().ShouldHaveSingleItem();
        // The frame counts as damage if the server closed the connection, and as part of the loss if the connection broke.
        var restored = _others.OfType<SourceRestored>().ShouldHaveSingleItem();
        (restored.Packets + _others.OfType<MediaDropped>().Sum(dropped => dropped.Packets)).ShouldBe(1);
    }

    [Fact]
    public void A_change_of_the_frame_size_changes_the_track_from_that_frame_on()
    {
        using var server = new MotionJpegServer();
        server.Send(_files.Jpegs[0]);
        Open(server);
        Next();

        server.Send(_files.LargerJpegs[0]);

        Next().Data.ShouldBe(_files.LargerJpegs[0]);
        _others.OfType<TracksChanged>().ShouldHaveSingleItem().Tracks[0].Description.Width.ShouldBe(320);
    }

    // Matroska needs no encoder. A recording for browsers is requested as video/mp4, which is encoded.
    [Fact]
    public void JPEG_frames_are_recorded_unchanged_into_Matroska_unless_another_container_is_requested()
    {
        using var server = new MotionJpegServer();
        server.Send(_files.Jpegs[0]);
        var track = Open(server);

        var kept = TrackPlan.For("", [track]).Plan.ShouldNotBeNull();
        (kept.Container, kept.Tracks[0].Encode).ShouldBe((MediaContainer.Matroska, null));
        TrackPlan.For("video/mp4", [track]).Plan.ShouldNotBeNull().Tracks[0].Encode.ShouldBe("h264");
    }

    private SourceTrack Open(MotionJpegServer server)
    {
        _sources.Tell(new Attach(SourceUri.Parse(server.Uri)), TestActor);
        return ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10)).Tracks.ShouldHaveSingleItem();
    }

    private (byte[] Data, long Time) Next()
    {
        while (true)
        {
            switch (ReceiveOne(TimeSpan.FromSeconds(10)))
            {
                case MediaArrived arrived:
                    arrived.Batch.Count.ShouldBe(1);
                    var next = (arrived.Batch.Data(0).ToArray(), arrived.Batch[0].Dts);
                    arrived.Done();
                    return next;
                case SourceMessage other:
                    _others.Add(other);
                    break;
                default:
                    throw new TimeoutException("No frame arrived.");
            }
        }
    }
}
