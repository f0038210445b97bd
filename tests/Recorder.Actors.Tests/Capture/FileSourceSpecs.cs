using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

public sealed class FileSourceSpecs(MediaFiles files) : CaptureSpec, IClassFixture<MediaFiles>
{
    [Fact]
    public void A_fast_file_gives_every_packet_in_order_and_ends()
    {
        var all = ReadAll($"file:{files.Clip}?pace=fast", out var tracks, out var last);
        all.Count(p => p.Track == 0).ShouldBe(MediaFiles.Count(files.Clip, "v"));
        all.Count(p => p.Track == 1).ShouldBe(MediaFiles.Count(files.Clip, "a"));
        all.Where(p => p.Track == 0).Select(p => p.Dts).ShouldBeInOrder(SortDirection.Ascending);
        tracks.Select(t => t.Description.Codec).ShouldBe(["h264", "aac"]);
        tracks[0].Description.MimeCodec.ShouldStartWith("avc1.");
        last.ShouldBeOfType<SourceEnded>().Reason.ShouldEndWith("pace=fast ended.");
    }

    [Fact]
    public void A_fast_file_waits_for_the_slowest_subscriber_and_drops_nothing()
    {
        Options = new CaptureOptions { SubscriberLimit = 40_000, ReadBytes = 10_000 };
        var source = SourceUri.Parse($"file:{files.Clip}?pace=fast");
        var slow = CreateTestProbe();
        Sources.Tell(new Attach(source), slow);
        Sources.Tell(new Attach(source), TestActor);
        slow.ExpectMsg<SourceOpened>();
        ExpectMsg<SourceOpened>();

        // One subscriber takes everything at once and the other nothing: reading stops at the limit of the latter.
        var (quick, received) = (0, new List<MediaArrived>());
        while (ReceiveOne(TimeSpan.FromMilliseconds(200)) is MediaArrived arrived)
            quick += Packets(arrived).Count;

        while (slow.HasMessages)
            received.Add(slow.ExpectMsg<MediaArrived>());

        received.Sum(m => m.Batch.Count).ShouldBe(quick);
        received.Sum(m => m.Batch.Bytes).ShouldBeInRange(20_000, 40_000);
        received.ForEach(m => m.Done());

        var slowCount = quick;
        while (slow.ReceiveOne(TimeSpan.FromSeconds(5)) is MediaArrived arrived)
        {
            slowCount += Packets(arrived).Count;
            if (ReceiveOne(TimeSpan.FromSeconds(5)) is MediaArrived same)
                quick += Packets(same).Count;
        }

        slowCount.ShouldBe(MediaFiles.Count(files.Clip, "v") + MediaFiles.Count(files.Clip, "a"));
        quick.ShouldBe(slowCount);
    }

    [Fact]
    public void A_file_is_read_at_its_own_pace()
    {
        var source = SourceUri.Parse(files.Clip);
        Sources.Tell(new Attach(source), TestActor);
        ExpectMsg<SourceOpened>();
        var video = new List<long>();
        PassedTo(0);
        for (var step = 1; step <= 15; step++)
            PassedTo(step * 0.1);

        // The number of frames that are due after 1.5 s.
        video.Count.ShouldBeInRange(37, 38);

        void PassedTo(double seconds)
        {
            if (seconds > 0)
            {
                AwaitTicks();
                Pass(0.1);
            }

            var arrived = ExpectMsg<MediaArrived>();
            video.AddRange(Enumerable.Range(0, arrived.Batch.Count).Select(i => arrived.Batch[i]).Where(p => p.Track == 0).Select(p => p.Dts));
            arrived.Done();
        }
    }

    [Fact]
    public void An_early_subscriber_shares_the_file_and_a_later_one_gets_it_from_its_beginning()
    {
        var source = SourceUri.Parse(files.Clip);
        Sources.Tell(new Attach(source), TestActor);
        ExpectMsg<SourceOpened>();
        var first = Packets(ExpectMsg<MediaArrived>());
        var second = CreateTestProbe();
        Sources.Tell(new Attach(source), second);
        second.ExpectMsg<SourceOpened>();
        Packets(second.ExpectMsg<MediaArrived>()).ShouldBe(first);
        Opened.ShouldBe(1);

        // The second GOP begins after a second.
        for (var n = 0; n < 15; n++)
        {
            AwaitTicks();
            Pass(0.1);
            ExpectMsg<MediaArrived>().Done();
        }

        var third = CreateTestProbe();
        Sources.Tell(new Attach(source), third);
        third.ExpectMsg<SourceOpened>();
        Packets(third.ExpectMsg<MediaArrived>())[0].ShouldBe(first[0]);
        Opened.ShouldBe(2);

        // Each subscriber continues on its own, and can still detach.
        Sources.Tell(new Detach(source), TestActor);
        AwaitTicks();
        Pass(0.1);
        third.ExpectMsg<MediaArrived>().Done();
    }

    [Fact]
    public void A_loop_plays_as_often_as_requested_on_one_timeline()
    {
        var once = ReadAll($"file:{files.Clip}?pace=fast", out _, out _);
        var thrice = ReadAll($"file:{files.Clip}?pace=fast&loop=3", out _, out _);
        thrice.Count(p => p.Track == 0).ShouldBe(once.Count(p => p.Track == 0) * 3);
        // The encoder's priming packet before time zero is not played again.
        thrice.Count(p => p.Track == 1).ShouldBeInRange((once.Count(p => p.Track == 1) * 3) - 2, once.Count(p => p.Track == 1) * 3);
        foreach (var track in (int[])[0, 1])
        {
            var dts = thrice.Where(p => p.Track == track).Select(p => p.Dts).ToList();
            dts.ShouldBeInOrder(SortDirection.Ascending);
            dts.Distinct().Count().ShouldBe(dts.Count);
        }

        // No gap between the plays: a frame each 40 ms (time base 1/12800).
        var frames = thrice.Where(p => p.Track == 0).Select(p => p.Dts).ToList();
        frames.Zip(frames.Skip(1), (a, b) => b - a).Max().ShouldBeLessThan(2 * 512);
    }

    [Fact]
    public void A_file_can_be_recorded_again_after_its_end()
    {
        var first = ReadAll($"file:{files.Clip}?pace=fast", out _, out _);
        ReadAll($"file:{files.Clip}?pace=fast", out _, out _).Count.ShouldBe(first.Count);
    }

    [Fact]
    public void The_timestamps_of_an_MPEG_TS_file_rise_through_a_wrap_of_its_counter()
    {
        var all = ReadAll($"file:{files.Wrapping}?pace=fast", out var tracks, out _);
        foreach (var track in tracks)
        {
            var dts = all.Where(p => p.Track == track.Id).Select(p => p.Dts).ToList();
            dts.Count.ShouldBeGreaterThan(50);
            track.TimeBase.ToTimeSpan(dts[^1] - dts[0]).TotalSeconds.ShouldBeInRange(2.8, 3.2);
            dts.Zip(dts.Skip(1), (a, b) => b - a).Min().ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void The_readable_part_of_a_truncated_file_is_read()
    {
        var all = ReadAll($"file:{files.Truncated}?pace=fast", out _, out var last);
        all.Count.ShouldBeInRange(50, MediaFiles.Count(files.Matroska, "v") + MediaFiles.Count(files.Matroska, "a") - 1);
        last.ShouldBeOfType<SourceEnded>();
    }

    [Fact]
    public void The_readable_part_of_a_damaged_file_is_read_and_the_damage_is_counted()
    {
        var source = SourceUri.Parse($"file:{files.Damaged}?pace=fast");
        Sources.Tell(new Attach(source), TestActor);
        ExpectMsg<SourceOpened>();
        var (packets, damaged) = (0, 0L);
        object? message;
        while ((message = ReceiveOne(TimeSpan.FromSeconds(5))) is not SourceEnded)
        {
            switch (message)
            {
                case MediaArrived arrived:
                    packets += Packets(arrived).Count;
                    break;
                case MediaDropped dropped:
                    dropped.Cause.ShouldBe(GapCause.Corrupt);
                    damaged += dropped.Packets;
                    break;
                default:
                    message.ShouldBeNull();
                    break;
            }
        }

        packets.ShouldBeGreaterThan(50);
        damaged.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_disk_that_does_not_respond_blocks_no_thread_of_the_pool()
    {
        using var gate = new ManualResetEventSlim();
        var isPoolThread = false;
        var stalled = new ScriptedInput(ScriptedInput.Video())
        {
            OnRead = () =>
            {
                isPoolThread |= Thread.CurrentThread.IsThreadPoolThread;
                gate.Wait(TimeSpan.FromSeconds(10));
            },
        };
        NextIs(() =>
        {
            isPoolThread |= Thread.CurrentThread.IsThreadPoolThread;
            return stalled.Packet(0, key: true).End();
        });
        Sources.Tell(new Attach(SourceUri.Parse(files.Clip)), TestActor);
        ExpectMsg<SourceOpened>();

        // Another file can be read meanwhile.
        var other = CreateTestProbe();
        Sources.Tell(new Attach(SourceUri.Parse($"file:{files.Matroska}?pace=fast")), other);
        other.ExpectMsg<SourceOpened>();
        other.ExpectMsg<MediaArrived>().Done();
        gate.Set();
        Packets(this, 1).ShouldBe(["K0"]);
        isPoolThread.ShouldBeFalse();
    }

    [Fact]
    public void An_unusable_file_fails_with_a_sentence_that_names_it_and_the_remedy()
    {
        Failure("/nowhere/clip.mp4").ShouldBe(new MediaError(ErrorName.UnknownError, "The file '/nowhere/clip.mp4' does not exist: check the path."));
        Failure("/tmp").ShouldBe(new MediaError(ErrorName.NotSupportedError, "'/tmp' is a folder: name a media file in it."));
        Failure(files.Empty).Message.ShouldBe($"'{files.Empty}' is empty or not a regular file: name a media file.");
        Failure(files.Text).ShouldBe(new MediaError(
            ErrorName.NotSupportedError, $"file:{files.Text} is not media that can be read (invalid data): name a media file or stream."));
        Failure(files.Subtitles).Message.ShouldContain("no video or audio track");
        Failure(files.Playlist).Message.ShouldContain("such as a playlist that may name other files");
    }

    [Fact]
    public void The_test_pattern_is_paced_and_ends()
    {
        var source = SourceUri.Parse("test:?size=64x64&duration=1s");
        Sources.Tell(new Attach(source), TestActor);
        ExpectMsg<SourceOpened>().Tracks.Select(t => t.Description.Codec).ShouldBe(["rawvideo", "pcm_s16le"]);
        var all = new List<string>();
        for (var n = 0; n < 10; n++)
        {
            all.AddRange(Packets(ExpectMsg<MediaArrived>()));
            AwaitTicks();
            Pass(0.1);
        }

        while (ReceiveOne(TimeSpan.FromSeconds(5)) is MediaArrived arrived)
        {
            all.AddRange(Packets(arrived));
            Pass(0.1);
        }

        all[0].ShouldBe("K0");
        all.Where(p => p[0] == 'K').ShouldBe(Enumerable.Range(0, 25).Select(n => $"K{n}"));
        all.Where(p => p[0] == 'a').ShouldBe(Enumerable.Range(0, 50).Select(n => $"a{n * 960}"));
    }

    [Fact]
    public void A_fast_test_pattern_does_not_wait_for_time()
    {
        var all = ReadAll("test:?size=64x64&duration=20s&pace=fast", out _, out _);
        all.Count(p => p.Track == 0).ShouldBe(500);
        all.Count(p => p.Track == 1).ShouldBe(1000);
    }

    [Fact]
    public void All_paced_files_are_read_at_the_same_moments()
    {
        var probes = Enumerable.Range(0, 8).Select(n => CreateTestProbe()).ToList();
        for (var n = 0; n < probes.Count; n++)
        {
            // Opened at different moments of the grid.
            var link = Path.Combine(files.Folder, $"copy{n}.mp4");
            File.CreateSymbolicLink(link, files.Clip);
            Sources.Tell(new Attach(SourceUri.Parse(link)), probes[n]);
            probes[n].ExpectMsg<SourceOpened>();
            probes[n].ExpectMsg<MediaArrived>().Done();
            Time.Advance(TimeSpan.FromMilliseconds(7));
        }

        AwaitTicks();

        // All sources read at the tick, and none before it.
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(100));
        Time.Advance(TimeSpan.FromMilliseconds(100));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(99));
        probes.ForEach(p => p.ReceiveWhile<MediaArrived>(TimeSpan.FromMilliseconds(20), m => (MediaArrived)m));
        Time.Advance(TimeSpan.FromMilliseconds(100));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(1));
        probes.ForEach(p => p.ExpectMsg<MediaArrived>().Done());
    }

    [Fact]
    public void A_frame_is_sent_when_it_is_due_and_not_earlier()
    {
        Sources.Tell(new Attach(SourceUri.Parse("test:?rate=1&audio=off&size=64x64")), TestActor);
        ExpectMsg<SourceOpened>();
        ExpectMsg<MediaArrived>(arrived => arrived.Batch[0].Pts == 0).Done();
        AwaitTicks();
        Pass(0.9);
        ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        Pass(0.1);
        var second = ExpectMsg<MediaArrived>();
        (second.Batch.Count, second.Batch[0].Pts).ShouldBe((1, 1L));
        second.Done();
    }

    private MediaError Failure(string path)
    {
        Sources.Tell(new Attach(SourceUri.Parse(path)), TestActor);
        return ExpectMsg<SourceFailed>().Error;
    }

    private List<(int Track, long Dts)> ReadAll(string source, out IReadOnlyList<SourceTrack> tracks, out object? last)
    {
        Sources.Tell(new Attach(SourceUri.Parse(source)), TestActor);
        tracks = ExpectMsg<SourceOpened>().Tracks;
        var all = new List<(int, long)>();
        while ((last = ReceiveOne(TimeSpan.FromSeconds(10))) is MediaArrived or MediaDropped)
        {
            if (last is MediaArrived arrived)
            {
                all.AddRange(Enumerable.Range(0, arrived.Batch.Count).Select(i => (arrived.Batch[i].Track, arrived.Batch[i].Dts)));
                arrived.Done();
            }
        }

        return all;
    }
}
