using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>A live source that is lost, cannot be reached, or refuses.</summary>
public sealed class LiveSourceLossSpecs : CaptureSpec
{
    [Fact]
    public void A_loss_is_reported_at_the_deadline_and_the_timeline_continues_after_the_time_that_passed()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true).Packet(0, track: 1).Packet(40).Packet(40, track: 1);
        var lastAt = DateTimeOffset.MinValue;
        for (var count = 0; count < 4;)
        {
            var arrived = PassUntil(() => HasMessages ? ExpectMsg<MediaArrived>() : null, Slowly);
            count += arrived.Batch.Count;
            lastAt = DateTimeOffset.UnixEpoch.AddMicroseconds(arrived.Batch[arrived.Batch.Count - 1].CaptureTimeUs);
            arrived.Done();
        }

        // On a busy machine the time may advance while the last packet is under way.
        var seenAt = Time.GetUtcNow();
        Pass(4.5 - (seenAt - lastAt).TotalSeconds);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        var again = Next().Packet(700_000, track: 1).Packet(700_000).Packet(700_040, key: true);
        Pass(0.6);
        var lost = PassUntil(() => HasMessages ? ExpectMsg<SourceLost>() : null, step: 0.005);
        (Time.GetUtcNow() - lastAt).TotalSeconds.ShouldBeGreaterThan(5);
        (Time.GetUtcNow() - seenAt).TotalSeconds.ShouldBeLessThan(6.5);
        lost.Since.ShouldBe(lastAt);
        lost.Cause.ShouldMatch("^rtsp://camera/stream sent nothing for [5-9] s: check that it is on and reachable\\.$");

        var restored = PassUntil(() => HasMessages ? ExpectMsg<SourceRestored>() : null);
        var passed = (Time.GetUtcNow() - lastAt).TotalMilliseconds;
        restored.From.ShouldBe(lost.Since);
        restored.To.ShouldBeGreaterThan(restored.From);
        var packets = Packets(this, 2);
        packets[0].ShouldStartWith("a");
        packets[1].ShouldStartWith("K");
        (long.Parse(packets[1][1..]) - long.Parse(packets[0][1..])).ShouldBe(40);
        long.Parse(packets[0][1..]).ShouldBeInRange(5000, (long)passed + 200);
        input.Disposed.Task.IsCompleted.ShouldBeTrue();
        again.Disposed.Task.IsCompleted.ShouldBeFalse();
    }

    // The camera sends a frame each seven seconds, and reports or replies in between.
    [Fact]
    public void A_camera_whose_session_is_alive_is_not_lost_between_frames()
    {
        var input = Next(ScriptedInput.Video());
        input.SilentFor = TimeSpan.FromSeconds(2);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        for (var time = 0; time < 63_000; time += 7000)
        {
            input.Packet(time, key: true);
            Packets(this, 1).ShouldHaveSingleItem();
            Pass(7);
        }

        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Opened.ShouldBe(1);
    }

    [Fact]
    public void A_camera_whose_session_is_alive_but_that_sends_no_frame_is_lost_after_a_minute()
    {
        var input = Next(ScriptedInput.Video());
        input.SilentFor = TimeSpan.FromSeconds(2);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true);
        Packets(this, 1);

        Pass(58);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        Next();
        PassUntil(() => HasMessages ? ExpectMsg<SourceLost>() : null).Cause.ShouldMatch("sent nothing for 6[0-9] s");
    }

    [Fact]
    public void A_first_key_frame_may_take_more_than_a_minute()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        var begin = Time.GetUtcNow();
        for (var ms = 0L; Time.GetUtcNow() - begin < TimeSpan.FromSeconds(75); ms += 1000)
        {
            var sent = input.Reads;
            input.Packet(ms).Packet(ms, track: 1);
            AwaitCondition(() => input.Reads > sent + 1);
            Pass(1);
        }

        input.Packet(75_000, key: true);

        Packets(this, 1).ShouldHaveSingleItem().ShouldStartWith("K");
    }

    [Fact]
    public void Sound_before_the_first_frame_is_not_lost()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        var sent = input.Reads;
        input.Packet(0, track: 1).Packet(20, track: 1);
        AwaitCondition(() => input.Reads > sent + 1);
        Pass(1);
        input.Packet(40, key: true).Packet(40, track: 1);

        Packets(this, 4).ShouldBe(["a0", "a20", "K40", "a40"]);
    }

    [Fact]
    public void A_source_that_says_that_nothing_follows_has_ended_and_is_not_opened_again()
    {
        Next().Packet(0, key: true).Packet(40).End(forGood: true);
        Next().Packet(0, key: true);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        Packets(this, 2).ShouldBe(["K0", "v40"]);

        PassUntil(() => HasMessages ? ExpectMsg<SourceEnded>() : null);

        Opened.ShouldBe(1);
    }

    [Fact]
    public void A_stream_that_is_closed_is_lost_at_once()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true);
        Packets(this, 1);
        input.End();
        ExpectMsg<SourceLost>().Cause.ShouldBe("rtsp://camera/stream closed the stream.");
    }

    [Fact]
    public void Everything_before_a_stream_is_closed_is_delivered()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true).Packet(0, track: 1).Packet(40).End();
        PacketsUntil<SourceLost>(out _).ShouldBe(["K0", "a0", "v40"]);
    }

    [Fact]
    public void The_last_frame_before_a_connection_breaks_is_left_out_because_it_may_be_incomplete()
    {
        var input = Next();
        Next().Packet(0, key: true);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        input.Packet(0, key: true).Packet(0, track: 1).Packet(40).Packet(80).Packet(80, track: 1).Fail("Connection reset by peer");
        var packets = PacketsUntil<SourceLost>(out _);
        packets.ShouldBe(["K0", "a0", "v40", "a80"]);
        PassUntil(() => HasMessages ? ExpectMsg<SourceRestored>() : null).Packets.ShouldBe(1);
    }

    [Fact]
    public void An_unreachable_source_is_tried_again_for_ever_with_growing_waits()
    {
        for (var n = 0; n < 6; n++)
            NextFails("Connection refused");

        Sources.Tell(new Attach(Camera), TestActor);
        var attempts = Enumerable.Range(0, 6).Select(_ => PassUntil(() => HasMessages ? ExpectMsg<SourceConnecting>() : null, step: 2)).ToList();
        attempts.Select(a => a.Attempt).ShouldBe([1, 2, 3, 4, 5, 6]);
        attempts[5].RetryIn.ShouldBeGreaterThan(attempts[0].RetryIn * 8);
        attempts[0].Cause.ShouldContain("rtsp://camera/stream cannot be reached");
        Next();
        PassUntil(() => HasMessages ? ExpectMsg<SourceOpened>() : null);
    }

    [Fact]
    public void A_subscriber_that_attaches_during_the_wait_is_told_why()
    {
        NextFails("Connection refused");
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceConnecting>();
        var late = CreateTestProbe();
        Sources.Tell(new Attach(Camera), late);
        late.ExpectMsg<SourceConnecting>().Attempt.ShouldBe(1);
    }

    [Fact]
    public void A_refused_login_fails_for_good_and_a_later_attach_tries_anew()
    {
        NextFails(new FFmpegException(-825242872, "Server returned 401 Unauthorized"));
        Sources.Tell(new Attach(Camera), TestActor);
        var error = ExpectMsg<SourceFailed>().Error;
        error.Name.ShouldBe(ErrorName.SecurityError);
        error.Message.ShouldBe("rtsp://camera/stream refuses the user name or password: write them as rtsp://user:password@host/path.");

        Next().Packet(0, key: true);
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
    }

    [Fact]
    public void A_login_refused_after_the_source_was_open_is_tried_again()
    {
        var input = Next();
        Sources.Tell(new Attach(Camera), TestActor);
        ExpectMsg<SourceOpened>();
        NextFails(new FFmpegException(-825242872, "Server returned 401 Unauthorized"));
        Next().Packet(0, key: true);
        input.Packet(0, key: true).End();
        Packets(this, 1);
        ExpectMsg<SourceLost>();
        PassUntil(() => HasMessages ? ExpectMsg<SourceRestored>() : null);
    }
}
