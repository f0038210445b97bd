using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

public sealed class LiveSourceSpecs : CaptureSpec
{
    [Fact]
    public void A_subscriber_is_told_that_the_source_is_open_and_gets_its_packets()
    {
        Next().Packet(0, key: true).Packet(0, track: 1).Packet(40).Packet(80);
        Sources.Tell(new Attach(Camera), TestActor);

        ExpectMsg<SourceOpened>().Tracks.Select(t => t.Description.Kind).ShouldBe([TrackKind.Video, TrackKind.Audio]);
        Packets(this, 4).ShouldBe(["K0", "a0", "v40", "v80"]);
    }

    [Fact]
    public void A_live_source_begins_at_a_key_frame()
    {
        Next().Packet(0).Packet(0, track: 1).Packet(40).Packet(80, key: true).Packet(80, track: 1);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        Packets(this, 2).ShouldBe(["K80", "a80"]);
    }

    [Fact]
    public void A_source_that_sends_no_key_frame_fails_after_a_wait()
    {
        Options = Options with { KeyFrameWait = TimeSpan.FromSeconds(5) };
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        var ms = 0L;
        var failed = PassUntil(() =>
        {
            input.Packet(ms += 40).Packet(ms, track: 1);
            return HasMessages ? ExpectMsg<SourceFailed>() : null;
        });
        failed.Error.Message.ShouldBe("rtsp://camera/stream sent no key frame in 5 s: set a shorter key-frame interval at the source.");
        input.Packet(ms + 40, key: true);
        Pass(1);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_late_subscriber_begins_at_the_last_key_frame_at_once_and_shares_the_connection()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true).Packet(40).Packet(80, key: true).Packet(120).Packet(120, track: 1);
        Packets(this, 5);

        var late = CreateTestProbe();
        Sources.Tell(new Attach(Camera), late);
        late.ExpectMsg<SourceOpened>();
        // The buffered packets arrive at once, although no time passes.
        var first = new List<string>();
        while (first.Count < 3)
            first.AddRange(Packets(late.ExpectMsg<MediaArrived>()));

        first.ShouldBe(["K80", "v120", "a120"]);
        input.Packet(160);
        Packets(late, 1).ShouldBe(["v160"]);
        Packets(this, 1).ShouldBe(["v160"]);
        Opened.ShouldBe(1);
    }

    [Fact]
    public void A_subscriber_that_takes_nothing_is_the_only_one_to_lose_GOPs_and_is_told_which()
    {
        Options = new CaptureOptions { SubscriberLimit = 1000 };
        var input = Next();
        var slow = CreateTestProbe();
        Sources.Tell(new Attach(Camera), slow);
        Sources.Tell(new Attach(Camera), TestActor);
        slow.ExpectMsg<SourceOpened>();
        ExpectMsg<SourceOpened>();

        var received = new List<MediaArrived>();
        for (var group = 0; group < 40; group += 10)
        {
            for (var n = group; n < group + 10; n++)
                input.Packet(n * 40, key: n == group);

            Packets(this, 10)[0].ShouldBe("K" + (group * 40));
        }

        while (slow.HasMessages)
            received.Add(slow.ExpectMsg<MediaArrived>());

        received.Sum(m => m.Batch.Bytes).ShouldBe(1000);
        received.ForEach(m => m.Done());
        input.Packet(1600).Packet(1640, key: true).Packet(1680);
        Packets(this, 3);
        var dropped = slow.ExpectMsg<MediaDropped>();
        dropped.Cause.ShouldBe(GapCause.RecorderOverrun);
        dropped.Packets.ShouldBe(31);
        dropped.To.ShouldBeGreaterThan(dropped.From);
        Packets(slow, 2).ShouldBe(["K1640", "v1680"]);
    }

    [Fact]
    public void A_source_closes_when_its_only_subscriber_dies()
    {
        var input = Next().Packet(0, key: true);
        var probe = CreateTestProbe();
        Sources.Tell(new Attach(Camera), probe);
        probe.ExpectMsg<SourceOpened>();
        Sys.Stop(probe);
        PassUntil(() => input.Disposed.Task.IsCompleted ? input : null);
    }

    // The camera of a recorder that moves may refuse the next node for as long as it serves this one.
    [Fact]
    public void A_source_that_is_released_closes_at_once_unless_somebody_needs_it()
    {
        var (input, other) = (Next().Packet(0, key: true), CreateTestProbe());
        Sources.Tell(new Attach(Camera), TestActor);
        Sources.Tell(new Attach(Camera), other);
        ExpectMsg<SourceOpened>();
        Sources.Tell(new Detach(Camera), TestActor);
        Sources.Tell(new Release(Camera), CreateTestProbe().Ref);
        input.Disposed.Task.IsCompleted.ShouldBeFalse();

        Sources.Tell(new Detach(Camera), other);
        var asker = CreateTestProbe();
        Sources.Tell(new Release(Camera), asker);
        asker.ExpectMsg<Released>();
        input.Disposed.Task.IsCompleted.ShouldBeTrue();
        Sources.Tell(new Release(Camera), asker);
        asker.ExpectMsg<Released>();
    }

    [Fact]
    public void Every_message_of_a_source_carries_the_number_of_the_attachment()
    {
        var input = Next();
        var other = CreateTestProbe();
        Sources.Tell(new Attach(Camera, 7), TestActor);
        Sources.Tell(new Attach(Camera, 3), other);
        ExpectMsg<SourceOpened>().Attachment.ShouldBe(7);
        input.Packet(0, key: true);
        PassUntil(() => HasMessages ? ExpectMsg<MediaArrived>() : null, Slowly).Attachment.ShouldBe(7);
        input.End();
        ExpectMsg<SourceLost>().Attachment.ShouldBe(7);
        other.ExpectMsg<SourceOpened>().Attachment.ShouldBe(3);
        other.ExpectMsg<MediaArrived>().Attachment.ShouldBe(3);
        other.ExpectMsg<SourceLost>().Attachment.ShouldBe(3);
    }

    [Fact]
    public void Attaching_again_under_a_new_number_starts_over_and_under_the_same_number_changes_nothing()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera, 1), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true);
        Packets(this, 1);
        Sources.Tell(new Attach(Camera, 1), TestActor);
        Sources.Tell(new Attach(Camera, 2), TestActor);
        ExpectMsg<SourceOpened>().Attachment.ShouldBe(2);
        Packets(this, 1).ShouldBe(["K0"]);
        input.Packet(40);
        Packets(this, 1).ShouldBe(["v40"]);
    }

    [Fact]
    public void A_change_during_a_loss_is_reported_after_the_loss_ends_and_before_the_packets()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true).End();
        Packets(this, 1);
        Next(ScriptedInput.Video(128)).Packet(0, key: true);
        ExpectMsg<SourceLost>();
        PassUntil(() => HasMessages ? ExpectMsg<SourceRestored>() : null);
        ExpectMsg<TracksChanged>().Tracks.ShouldHaveSingleItem().Description.Width.ShouldBe(128);
        Packets(this, 1).ShouldHaveSingleItem().ShouldStartWith("K");
    }

    [Fact]
    public void A_change_during_a_connection_is_reported_between_the_old_and_the_new_packets()
    {
        var input = Next(ScriptedInput.Video());
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true).Packet(40).Change(ScriptedInput.Video(128), ScriptedInput.Audio()).Packet(80, key: true).Packet(80, track: 1);
        var before = PacketsUntil<TracksChanged>(out var changed);
        before.ShouldBe(["K0", "v40"]);
        changed.Tracks.Select(track => (track.Id, track.Description.Width)).ShouldBe([(0, 128), (1, 0)]);
        Packets(this, 2).ShouldBe(["K80", "a80"]);
    }

    [Fact]
    public void A_jump_of_a_cameras_clock_is_corrected_and_reported_before_the_next_packets()
    {
        var input = Next(ScriptedInput.Video());
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(10_000, key: true).Packet(10_040).Packet(10_080).Packet(7_120).Packet(7_160);
        var packets = PacketsUntil<TimestampsMended>(out var mended);
        mended.Track.ShouldBe(0);
        mended.Detail.ShouldStartWith("The timestamps of track 0 jumped by -");
        packets.AddRange(Packets(this, 5 - packets.Count));
        var times = packets.ConvertAll(packet => long.Parse(packet[1..]));
        times[..3].ShouldBe([10_000, 10_040, 10_080]);
        times[3].ShouldBeGreaterThanOrEqualTo(10_120);
        (times[4] - times[3]).ShouldBe(40);
    }

    [Fact]
    public void A_source_without_subscribers_stays_open_for_a_moment()
    {
        var input = Next().Packet(0, key: true);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        Packets(this, 1);
        Sources.Tell(new Detach(Camera), TestActor);
        Pass(2);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        Packets(ExpectMsg<MediaArrived>()).ShouldBe(["K0"]);
        Opened.ShouldBe(1);
        input.Packet(40);
        Packets(this, 1).ShouldBe(["v40"]);

        Sources.Tell(new Detach(Camera), TestActor);
        PassUntil(() => input.Disposed.Task.IsCompleted ? input : null);
        Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        Opened.ShouldBe(2);
    }

    [Fact]
    public void No_request_is_lost_while_a_source_retires()
    {
        // In each round the source retires, and the next request arrives at some moment of that.
        for (var round = 0; round < 200; round++)
        {
            Sources.Tell(new Describe(Camera), TestActor);
            ExpectMsg<Described>().Tracks.ShouldBeNull();
            Sources.Tell(new Detach(Camera), TestActor);
        }

        Opened.ShouldBe(0);
    }

    [Fact]
    public void Describing_a_source_does_not_open_it_and_reports_tracks_found_later()
    {
        var describer = CreateTestProbe();
        Sources.Tell(new Describe(Camera), describer);
        describer.ExpectMsg<Described>().ShouldBe(new Described(null, false));
        Opened.ShouldBe(0);
        Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        describer.ExpectMsg<Described>().Tracks!.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_input_that_opens_after_the_last_subscriber_left_is_closed()
    {
        using var gate = new ManualResetEventSlim();
        var late = new ScriptedInput(ScriptedInput.Video());
        NextIs(() =>
        {
            gate.Wait(TimeSpan.FromSeconds(10));
            return late;
        });
        Sources.Tell(new Attach(Camera), TestActor);
        AwaitCondition(() => Opened == 1);
        Sources.Tell(new Detach(Camera), TestActor);
        Sources.Tell(new Describe(Camera), TestActor);
        ExpectMsg<Described>();
        Pass(4);
        gate.Set();
        await late.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(5));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_source_without_video_or_sound_fails_at_once()
    {
        Next(ScriptedInput.Video() with { AttachedPicture = true });
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceFailed>().Error.Message.ShouldContain("has no video or audio track that can be recorded");
    }

    [Fact]
    public void Capture_times_are_the_senders_if_it_states_them()
    {
        var stated = ((Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) - 3_000_000;
        var input = new ScriptedInput(ScriptedInput.Video()) { StartTimeRealtimeUs = stated };
        NextIs(() => input);
        input.Packet(0, key: true).Packet(40);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        var batch = PassUntil(() => HasMessages ? ExpectMsg<MediaArrived>() : null);
        batch.Batch[0].CaptureTimeUs.ShouldBe(stated);
        batch.Done();
    }

    // Retention uses capture times: recordings of a camera whose clock starts in 1970 must not be removed at once.
    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(1_700_000_000_000_000L)]
    [InlineData(2_500_000_000_000_000L)]
    public void Capture_times_are_the_arrival_if_the_sender_states_none_or_its_clock_is_not_set(long? stated)
    {
        var start = Time.GetUtcNow();
        var other = SourceUri.Parse("rtsp://other/stream");
        var input = new ScriptedInput(ScriptedInput.Video()) { StartTimeRealtimeUs = stated };
        NextIs(() => input);
        input.Packet(0, key: true);
        var probe = CreateTestProbe();
        Sources.Tell(new Attach(other), probe);
        probe.ExpectMsg<SourceOpened>();
        var arrived = PassUntil(() => probe.HasMessages ? probe.ExpectMsg<MediaArrived>() : null);
        DateTimeOffset.UnixEpoch.AddMicroseconds(arrived.Batch[0].CaptureTimeUs).ShouldBeInRange(start, Time.GetUtcNow());
        arrived.Done();
    }
}
