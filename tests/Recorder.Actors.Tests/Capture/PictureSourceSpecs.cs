using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Cameras that send JPEG pictures over HTTP, on real sockets.</summary>
public sealed class PictureSourceSpecs : TestKit, IClassFixture<MediaFiles>
{
    private readonly MediaFiles _files;
    private readonly IActorRef _sources;
    private readonly List<SourceMessage> _others = [];

    public PictureSourceSpecs(MediaFiles files)
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
    public void Every_picture_is_delivered_as_it_is_and_at_once(bool hasLengths, bool isChunked, string boundary, string login)
    {
        using var server = new PictureServer(hasLengths, isChunked, boundary, login);
        server.Send(_files.Pictures[0]);
        var track = Open(server);

        (track.Description.Codec, track.Description.Width, track.Description.Height, track.Description.FrameRate).ShouldBe(("mjpeg", 160, 120, 0));
        Next().Data.ShouldBe(_files.Pictures[0]);
        foreach (var picture in _files.Pictures)
        {
            // The next one is sent when this one is here.
            server.Send(picture);
            Next().Data.ShouldBe(picture);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pictures_time_is_its_arrival(bool hasLengths)
    {
        using var server = new PictureServer(hasLengths);
        var sent = Stopwatch.GetTimestamp();
        server.Send(_files.Pictures[0]);
        var track = Open(server);
        var (time, seen) = (Next().Time, Stopwatch.GetTimestamp());
        foreach (var wait in new[] { 30, 400, 90 })
        {
            await Task.Delay(wait);
            var sentNext = Stopwatch.GetTimestamp();
            server.Send(_files.Pictures[1]);
            var (next, seenNext) = (Next().Time, Stopwatch.GetTimestamp());

            // It came between when it was sent and when it was seen, as the one before did.
            track.TimeBase.ToTimeSpan(next - time).ShouldBeInRange(
                Stopwatch.GetElapsedTime(seen, sentNext) - TimeSpan.FromMilliseconds(1), Stopwatch.GetElapsedTime(sent, seenNext));
            (sent, time, seen) = (sentNext, next, seenNext);
        }
    }

    [Fact]
    public void A_picture_that_was_cut_is_left_out_and_counted()
    {
        using var server = new PictureServer();
        server.Send(_files.Pictures[0]);
        Open(server);
        Next();

        server.SendHalf(_files.Pictures[1]);
        server.Send(_files.Pictures[2]);

        Next().Data.ShouldBe(_files.Pictures[2]);
        _others.OfType<SourceLost>().ShouldHaveSingleItem();
        // As damage where the server closed the connection, as part of the loss where it broke.
        var restored = _others.OfType<SourceRestored>().ShouldHaveSingleItem();
        (restored.Packets + _others.OfType<MediaDropped>().Sum(dropped => dropped.Packets)).ShouldBe(1);
    }

    [Fact]
    public void A_camera_that_is_set_to_another_size_is_another_track_from_that_picture_on()
    {
        using var server = new PictureServer();
        server.Send(_files.Pictures[0]);
        Open(server);
        Next();

        server.Send(_files.LargerPictures[0]);

        Next().Data.ShouldBe(_files.LargerPictures[0]);
        _others.OfType<TracksChanged>().ShouldHaveSingleItem().Tracks[0].Description.Width.ShouldBe(320);
    }

    // Nothing is lost, and it costs next to nothing; who wants to see it in a browser asks for video/mp4 and pays for an encoder.
    [Fact]
    public void It_is_recorded_as_it_is_into_Matroska_unless_another_container_is_asked_for()
    {
        using var server = new PictureServer();
        server.Send(_files.Pictures[0]);
        var track = Open(server);

        var kept = TrackPlan.For("", [track]).Plan.ShouldNotBeNull();
        (kept.Container, kept.Tracks[0].Encode).ShouldBe((MediaContainer.Matroska, null));
        TrackPlan.For("video/mp4", [track]).Plan.ShouldNotBeNull().Tracks[0].Encode.ShouldBe("h264");
    }

    private SourceTrack Open(PictureServer server)
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
                    throw new TimeoutException("No picture came.");
            }
        }
    }
}
