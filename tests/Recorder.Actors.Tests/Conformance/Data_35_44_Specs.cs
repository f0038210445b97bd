using System.Buffers.Binary;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 35 to 44: the blobs of <c>dataavailable</c>.</summary>
public sealed class Data_35_44_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Without_a_timeslice_everything_goes_into_one_blob_35()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(60 * Second);
        recorder.ExpectStarted();
        recorder.ExpectNoEvent();
        // Only the event waits; the data is on disk.
        var file = Disk.Paths.Single(path => path.EndsWith("000001.mp4", StringComparison.Ordinal));
        Disk.Read(file).Length.ShouldBeGreaterThan(10_000);

        recorder.Stop();

        var blob = recorder.ExpectBlob(mediaTime: TimeSpan.Zero, duration: 60 * Second);
        recorder.ExpectStopped(StopReason.Requested, 60 * Second).Blobs.ShouldBe(1);
        (blob.Path, blob.Offset, blob.Length).ShouldBe((file, 0, Disk.Read(file).Length));
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(250, 280)]
    [InlineData(400, 400)]
    public void A_blob_comes_after_as_much_media_as_the_timeslice_says_36(int timeslice, int blob)
    {
        var camera = Source("camera", ScriptedTrack.Video());
        var recorder = CreateRecorder(camera);
        var length = TimeSpan.FromMilliseconds(blob);
        recorder.Start(TimeSpan.FromMilliseconds(timeslice));
        Clock.Advance(length);
        recorder.ExpectStarted();
        // A frame ends with the next frame.
        recorder.ExpectNoEvent();
        camera.Emit(1);
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero, duration: length);

        // The timeslice is media time, not elapsed time.
        camera.Stall();
        Clock.Advance(10 * length);
        recorder.ExpectNoEvent();
    }

    [Theory]
    [InlineData(10, 100, 120)]
    [InlineData(99, 100, 120)]
    [InlineData(100, 500, 520)]
    [InlineData(600, 500, 600)]
    public void A_timeslice_below_the_minimum_is_the_minimum_37(int timeslice, int minimum, int blob)
    {
        var recorder = CreateRecorder(
            Source("camera", ScriptedTrack.Video()),
            new RecorderOptions { MinimumTimeslice = TimeSpan.FromMilliseconds(minimum) });

        recorder.Start(TimeSpan.FromMilliseconds(timeslice));
        Clock.Advance(3 * Second);

        recorder.ExpectStarted();
        recorder.ExpectBlob(TimeSpan.Zero, TimeSpan.FromMilliseconds(blob));
        recorder.ExpectBlob(TimeSpan.FromMilliseconds(blob), TimeSpan.FromMilliseconds(blob));
    }

    [Fact]
    public void Start_with_zero_delivers_promptly_38()
    {
        var recorder = CreateRecorder(Source());

        recorder.Start(TimeSpan.Zero);
        Clock.Advance(0.2 * Second);

        recorder.ExpectStarted();
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero, empty: false).Duration.ShouldBeInRange(0.1 * Second, 0.16 * Second);
        Clock.Advance(10 * Second);
        recorder.Blobs.Count.ShouldBeInRange(80, 102);
        recorder.Stop();
        recorder.Blobs.Sum(blob => blob.Duration.TotalSeconds).ShouldBe(10.2, 0.05);
    }

    [Theory]
    [InlineData("")]
    [InlineData("video/mp4")]
    [InlineData("video/webm;codecs=vp8,opus")]
    [InlineData("video/x-matroska")]
    [InlineData("video/mp4;codecs=vp9,opus")]
    public void The_concatenated_blobs_play_39(string mimeType)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = mimeType });

        recorder.Start(0.3 * Second);
        Clock.Advance(4 * Second);
        recorder.Stop();

        recorder.Blobs.Count.ShouldBeGreaterThan(10);
        var played = Decoded.Of(Disk, recorder.Blobs);
        played.Video.DecodeErrors.ShouldBe(0);
        played.Video.Frames.Count.ShouldBe(100);
        var zero = played.Video.Frames[0].Time;
        played.Video.Frames.Select(frame => Math.Round((frame.Time - zero).TotalSeconds, 2))
            .ShouldBe(Enumerable.Range(0, 100).Select(number => Math.Round(number * 0.04, 2)));
        played.Audio.DecodeErrors.ShouldBe(0);
        // Up to the last audio of the source, including the audio that the encoder delays.
        var end = camera.Delivered[camera.Audio.Id] * camera.Audio.Packet;
        played.Audio.Frames.Where(frame => frame.Level > 1000).Sum(_ => 1024.0 / 48_000).ShouldBe(end.TotalSeconds, 0.025);
    }

    [Theory]
    [InlineData("video/mp4")]
    [InlineData("video/webm;codecs=vp8,opus")]
    [InlineData("video/x-matroska")]
    public void No_byte_is_lost_or_doubled_across_slices_40(string mimeType) => RecorderWorld.Explore(5, world =>
    {
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera, new RecorderOptions { MimeType = mimeType });
        world.Disk.Delay = TimeSpan.FromMilliseconds(30);

        recorder.Start(0.2 * Second);
        world.Clock.Advance(1.1 * Second);
        recorder.RequestData();
        recorder.RequestData();
        world.Clock.Advance(1.1 * Second);
        recorder.Stop();
        world.Clock.Advance(5 * Second);
        recorder.State.ShouldBe(RecorderState.Inactive);

        var (blobs, file) = (recorder.Blobs, world.Disk.Read(recorder.Blobs[0].Path));
        blobs.Select(blob => blob.Number).ShouldBe(Enumerable.Range(1, blobs.Count).Select(number => (long)number));
        blobs.Select(blob => blob.Offset).ShouldBe(blobs.Select((_, index) => blobs.Take(index).Sum(before => before.Length)));
        blobs.Sum(blob => blob.Length).ShouldBe(file.Length);
        blobs.ShouldAllBe(blob => blob.Path == blobs[0].Path && blob.Extent == 1);
        recorder.Events.OfType<Stopped>().ShouldHaveSingleItem().Bytes.ShouldBe(file.Length);

        // Every packet of the source is recorded once.
        var played = Decoded.Of(world.Disk, blobs);
        played.Video.Packets.Count.ShouldBe((int)camera.Delivered[camera.Video.Id]);
        played.Video.Frames.Count.ShouldBe((int)camera.Delivered[camera.Video.Id]);
        if (played.Audio.Parameters.Codec == camera.Audio.Codec)
            played.Audio.Packets.Count.ShouldBe((int)camera.Delivered[camera.Audio.Id]);
    });

    [Fact]
    public void The_last_slice_is_delivered_although_it_is_not_full_41()
    {
        var recorder = CreateRecorder(Source("camera", ScriptedTrack.Video()));

        recorder.Start(Second);
        Clock.Advance(2.4 * Second);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectBlob(TimeSpan.Zero, Second);
        recorder.ExpectBlob(Second, Second);
        recorder.ExpectBlob(2 * Second, 0.4 * Second, empty: false);
        recorder.ExpectStopped(StopReason.Requested, 2.4 * Second);
    }

    [Theory]
    [InlineData("")]
    [InlineData("video/webm")]
    [InlineData("VIDEO/WEBM; codecs=\"VP8, OPUS\"")]
    public void The_type_of_every_blob_is_the_mimeType_42(string mimeType)
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { MimeType = mimeType });

        recorder.Start(Second);
        Clock.Advance(3.5 * Second);
        var type = recorder.Status.MimeType;
        recorder.RequestData();
        recorder.Stop();

        recorder.ExpectStarted().MimeType.ShouldBe(type);
        type.ShouldContain("codecs=");
        recorder.Blobs.Count.ShouldBe(5);
        recorder.Blobs.ShouldAllBe(blob => blob.Type == type);
    }

    [Fact]
    public void The_first_timecode_is_zero_and_none_is_below_the_one_before_43()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        Clock.Advance(5 * Second);

        recorder.Start(0.5 * Second);
        Clock.Advance(2 * Second);
        recorder.RequestData();
        recorder.RequestData();
        recorder.Pause();
        Clock.Advance(Second);
        recorder.Resume();
        Clock.Advance(2 * Second);
        recorder.Stop();

        var timecodes = recorder.Events.OfType<DataAvailable>().Select(data => data.Timecode).ToList();
        timecodes[0].ShouldBe(TimeSpan.Zero);
        timecodes.ShouldBe(timecodes.Order());
        timecodes[^1].ShouldBeGreaterThan(3 * Second);
        timecodes.ShouldBe(recorder.Blobs.Select(blob => blob.MediaTime));
    }

    [Theory]
    [InlineData("h264", "aac", "video/mp4")]
    [InlineData("vp9", "opus", "video/webm")]
    [InlineData("h264", "opus", "video/x-matroska")]
    public void The_original_tracks_can_be_recovered_44(string video, string audio, string mimeType)
    {
        var camera = Source("camera", ScriptedTrack.Video(video, width: 96, height: 64), ScriptedTrack.Audio(audio));
        var original = new Dictionary<int, List<byte[]>> { [0] = [], [1] = [] };
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = mimeType });
        World.Sys.ActorSelection("/user/sources").Tell(
            new CaptureProtocol.Attach(camera.Uri), World.Sys.ActorOf(Props.Create(() => new Listener(original))));

        recorder.Start(0.5 * Second);
        Clock.Advance(3 * Second);
        recorder.Stop();

        var played = Decoded.Of(Disk, recorder.Blobs);
        played.Tracks.Count.ShouldBe(2);
        var (videoTrack, audioTrack) = (played.Video.Parameters, played.Audio.Parameters);
        (videoTrack.Codec, videoTrack.Width, videoTrack.Height).ShouldBe((video, 96, 64));
        (audioTrack.Codec, audioTrack.SampleRate, audioTrack.Channels).ShouldBe((audio, 48_000, 1));
        var (behindCodes, behindLengths) = video == "h264"
            ? ((Func<byte[], string>)BehindStartCodes, (Func<byte[], string>)BehindLengths)
            : (Convert.ToHexString, Convert.ToHexString);
        played.Video.Packets.Select(packet => behindLengths(packet.Data)).ShouldBe(original[camera.Video.Id].Select(behindCodes));
        played.Audio.Packets.Select(packet => Convert.ToHexString(packet.Data))
            .ShouldBe(original[camera.Audio.Id].Select(Convert.ToHexString));
    }

    // The source sends H.264 units with start codes, and containers store their lengths instead: compare the units.
    private static string BehindStartCodes(byte[] data) => Convert.ToHexString(data)
        .Replace("00000001", "|", StringComparison.Ordinal).Replace("000001", "|", StringComparison.Ordinal);

    private static string BehindLengths(byte[] data)
    {
        var text = "";
        for (var at = 0; at < data.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(at));
            text += "|" + Convert.ToHexString(data, at + sizeof(int), length);
            at += sizeof(int) + length;
        }

        return text;
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(Dictionary<int, List<byte[]>> packets) => Receive<CaptureProtocol.MediaArrived>(media =>
        {
            for (var index = 0; index < media.Batch.Count; index++)
                packets[media.Batch[index].Track].Add(media.Batch.Data(index).ToArray());

            media.Done();
        });
    }
}
