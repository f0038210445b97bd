using System.Buffers.Binary;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Tests.Payloads;

namespace Recorder.Rtsp.Tests.Rtp;

/// <summary>From packets to frames: what is lost is left out up to the next frame that can be decoded, and counted exactly.</summary>
public class RtpTrackSpecs
{
    private const long Epoch = 1_790_000_000_000_000;

    private static readonly PayloadFormat Sound = Depacketizing.Find("PCMA", 8000, 1, TrackKind.Audio);

    [Theory]
    [InlineData("H264", 0.0, 11)]
    [InlineData("H264", 0.01, 12)]
    [InlineData("H264", 0.05, 13)]
    [InlineData("H265", 0.01, 14)]
    [InlineData("H265", 0.05, 15)]
    public void Frames_of_a_lossy_network_are_whole_or_counted(string encoding, double loss, int seed)
    {
        var (frames, packets) = Film(encoding, seed, 200);
        var log = new TrackLog(Depacketizing.Find(encoding));
        var random = new Random(seed);
        var lost = new HashSet<int>();
        var arriving = new List<(int Index, double At)>();
        for (var index = 0; index < packets.Count; index++)
        {
            // The first frame and the last arrive, so that every loss lies between frames.
            if (packets[index].Frame is > 0 and < 199 && random.NextDouble() < loss)
            {
                lost.Add(index);
                continue;
            }

            arriving.Add((index, index + (packets[index].Frame > 0 && random.NextDouble() < 0.1 ? random.Next(8) : 0)));
            if (random.NextDouble() < 0.05)
                arriving.Add((index, index + random.Next(8)));
        }

        var now = TimeSpan.Zero;
        foreach (var (index, _) in arriving.OrderBy(each => each.At))
        {
            now += TimeSpan.FromMilliseconds(10);
            Scribble(log, packets[index].Bytes, now);
        }

        log.Track.Park(now + TimeSpan.FromSeconds(1));
        log.Track.Finish();

        var known = frames.Select((frame, index) => (Bytes: Convert.ToHexString(frame.Bytes), index)).ToDictionary(each => each.Bytes, each => each.index);
        log.Frames.Select(each => known.GetValueOrDefault(Convert.ToHexString(each.Bytes), -1))
            .ShouldBe(Decodable(frames, packets, lost), $"seed {seed}, packets of frames {string.Join(' ', lost.Select(index => packets[index].Frame))}");
        log.Losses.Sum(each => each.Packets).ShouldBe(lost.Count, $"seed {seed}");
        log.Losses.ShouldAllBe(each => each.From <= each.To);
        log.Track.Sequence.Missing.ShouldBe(lost.Count);
    }

    [Fact]
    public void Counters_that_wrap_change_nothing()
    {
        var log = new TrackLog(Sound);
        var start = uint.MaxValue - 400L;
        for (var i = 0; i < 10; i++)
            log.Track.Receive(TrackLog.Packet(65532 + i, start + (160 * i), [(byte)i], marker: false), TimeSpan.FromMilliseconds(20 * i));

        log.Frames.Select(each => each.Frame.Timestamp).ShouldBe(Enumerable.Range(0, 10).Select(i => 160L * i));
        log.Losses.ShouldBeEmpty();
    }

    [Fact]
    public void Lost_sound_is_a_gap_of_its_length()
    {
        var log = new TrackLog(Sound);
        foreach (var i in (int[])[0, 1, 4, 5])
            log.Track.Receive(TrackLog.Packet(i, 160 * i, new byte[160], marker: false), TimeSpan.FromMilliseconds(20 * i));

        log.Frames.Count.ShouldBe(4);
        log.Losses.ShouldHaveSingleItem().ShouldBe(new RtpLoss(2, 0, 320, 640));
    }

    [Fact]
    public void Nothing_is_missing_of_what_was_lost_before_the_first_key_frame()
    {
        var log = new TrackLog(Depacketizing.Find("H264"));
        byte[] key = [0x65, 0x80, 1], other = [0x41, 0x80, 1];
        log.Track.Receive(TrackLog.Packet(1, 0, other, true), TimeSpan.Zero);
        log.Track.Receive(TrackLog.Packet(3, 7200, other, true), TimeSpan.FromMilliseconds(80));
        log.Track.Receive(TrackLog.Packet(4, 10800, key, true), TimeSpan.FromMilliseconds(120));
        log.Track.Receive(TrackLog.Packet(5, 14400, other, true), TimeSpan.FromMilliseconds(160));
        log.Track.Receive(TrackLog.Packet(7, 21600, key, true), TimeSpan.FromMilliseconds(240));
        log.Track.Receive(TrackLog.Packet(8, 25200, other, true), TimeSpan.FromMilliseconds(280));
        log.Losses.ShouldHaveSingleItem().Packets.ShouldBe(1);
    }

    [Fact]
    public void Frames_have_the_senders_wall_clock_from_its_first_report_on()
    {
        var log = new TrackLog(Sound);
        log.Track.Receive(TrackLog.Packet(1, 1000, new byte[160], false), TimeSpan.Zero);
        log.Track.Receive(TrackLog.Report(Epoch, 1000), TimeSpan.FromMilliseconds(5));
        log.Track.Receive(TrackLog.Packet(2, 1160, new byte[160], false), TimeSpan.FromMilliseconds(20));
        log.Frames.Select(each => each.Frame.CaptureTimeUs).ShouldBe([0, Epoch + 20_000]);
    }

    [Fact]
    public void Report_before_the_first_packet_is_not_lost()
    {
        var log = new TrackLog(Sound);
        log.Track.Receive(TrackLog.Report(Epoch, 840), TimeSpan.Zero);
        log.Track.Receive(TrackLog.Packet(1, 1000, new byte[160], false), TimeSpan.FromMilliseconds(5));
        log.Frames.ShouldHaveSingleItem().Frame.CaptureTimeUs.ShouldBe(Epoch + 20_000);
    }

    [Fact]
    public void Another_sender_goes_on_where_the_time_is()
    {
        var log = new TrackLog(Sound);
        log.Track.Receive(TrackLog.Packet(1, 1000, new byte[160], false), TimeSpan.Zero);
        log.Track.Receive(TrackLog.Packet(60000, 3_000_000_000, new byte[160], false, source: 8), TimeSpan.FromMilliseconds(100));
        log.Track.Receive(TrackLog.Packet(60001, 3_000_000_160, new byte[160], false, source: 8), TimeSpan.FromMilliseconds(120));
        log.Frames.Select(each => each.Frame.Timestamp).ShouldBe([0, 800, 960]);
        log.Track.Source.ShouldBe(8u);
        log.Losses.ShouldHaveSingleItem().Packets.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Strays_of_another_sender_are_left_out_however_many_there_are(bool isUnordered)
    {
        var log = new TrackLog(Sound);
        for (var number = 1; number <= 20; number++)
        {
            Receive(TrackLog.Packet(number, number * 160, new byte[160], false), number);
            Receive(TrackLog.Packet(500 + number, 70_000 + (number * 160), new byte[80], false, source: 8), number);
        }

        log.Frames.Select(each => each.Frame.Timestamp).ShouldBe(Enumerable.Range(0, 20).Select(number => number * 160L));
        log.Frames.ShouldAllBe(each => each.Bytes.Length == 160);
        log.Losses.ShouldBeEmpty();
        log.Track.Strays.ShouldBe(20);

        void Receive(byte[] packet, int number)
        {
            if (isUnordered)
                log.Track.ReceiveUnordered(packet, TimeSpan.FromMilliseconds(20 * number));
            else
                log.Track.Receive(packet, TimeSpan.FromMilliseconds(20 * number));
        }
    }

    [Fact]
    public void Packets_of_another_payload_type_are_strays()
    {
        var log = new TrackLog(Sound);
        log.Track.Receive(TrackLog.Packet(1, 0, [1], false, type: 97), TimeSpan.Zero);
        log.Track.Receive((byte[])[1, 2, 3], TimeSpan.Zero);
        log.Frames.ShouldBeEmpty();
        log.Track.Strays.ShouldBe(2);
    }

    [Fact]
    public void Receiver_reports_state_what_was_lost_and_the_last_report()
    {
        var log = new TrackLog(Sound);
        foreach (var i in (int[])[65534, 65535, 65538])
            log.Track.Receive(TrackLog.Packet(i, 160 * i, new byte[160], false), TimeSpan.FromMilliseconds(20));

        log.Track.Receive(TrackLog.Report(Epoch, 0), TimeSpan.FromSeconds(1));
        var report = new byte[ReceiverReports.Size];
        log.Track.Reports.Write(report, 99, 7, TimeSpan.FromSeconds(1.5)).ShouldBe(report.Length);
        (report[0], report[1]).ShouldBe(((byte)0x81, (byte)201));
        BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(8)).ShouldBe(7u);
        report[12].ShouldBe((byte)(2 * 256 / 5));
        (BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(12)) & 0xffffff).ShouldBe(2u);
        BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(16)).ShouldBe((2u << 16) + 2);
        BinaryPrimitives.ReadUInt32BigEndian(report.AsSpan(28)).ShouldBe(32768u);
    }

    [Fact]
    public void Tracks_are_aligned_by_the_wall_clock_without_a_step_back()
    {
        var alignment = new TrackAlignment();
        var video = new TrackLog(Depacketizing.Find("H264"), alignment);
        var sound = new TrackLog(Sound, alignment, 1);
        video.Track.Receive(TrackLog.Packet(1, 90_000, [0x65, 0x80, 1], true), TimeSpan.Zero);
        video.Track.Receive(TrackLog.Packet(2, 93_600, [0x41, 0x80, 1], true), TimeSpan.FromMilliseconds(40));
        for (var i = 0; i < 400; i++)
        {
            var now = TimeSpan.FromMilliseconds(60 + (20 * i));
            if (i == 5)
            {
                // Captured at the same moment as the first frame: the sound is 60 ms late on its way.
                video.Track.Receive(TrackLog.Report(Epoch, 90_000), now);
                sound.Track.Receive(TrackLog.Report(Epoch, 8000, 9), now);
                video.Track.Align();
                sound.Track.Align();
            }

            sound.Track.Receive(TrackLog.Packet(i, 8000 + (160 * i), new byte[160], false, 9), now);
        }

        var places = sound.Frames.Select(each => each.Frame.Timestamp).ToList();
        places[0].ShouldBe(480);
        places[^1].ShouldBe(160 * 399);
        places.Zip(places.Skip(1)).ShouldAllBe(pair => pair.Second - pair.First >= 150 && pair.Second - pair.First <= 160);
    }

    private static void Scribble(TrackLog log, byte[] packet, TimeSpan now)
    {
        byte[] received = [.. packet];
        log.Track.ReceiveUnordered(received, now);
        log.Track.Park(now);
        Array.Fill(received, (byte)0xaa);
    }

    private static (List<AccessUnit> Frames, List<(int Frame, byte[] Bytes)> Packets) Film(string encoding, int seed, int count)
    {
        var random = new Random(seed);
        var isH265 = encoding == "H265";
        var frames = new NalCamera(isH265, random).Frames(count);
        var packetizer = new NalPacketizer(isH265, random);
        var packets = new List<(int Frame, byte[] Bytes)>();
        foreach (var (frame, index) in frames.Select((frame, index) => (frame, index)))
        {
            foreach (var sent in packetizer.Pack(frame.Units, frame.Timestamp))
                packets.Add((index, TrackLog.Packet(65000 + packets.Count, sent.Timestamp, sent.Bytes, sent.Marker)));
        }

        return (frames, packets);
    }

    // A frame counts if all its packets came, and no frame that it may need is missing since the last key frame.
    private static List<int> Decodable(List<AccessUnit> frames, List<(int Frame, byte[] Bytes)> packets, HashSet<int> lost)
    {
        var broken = lost.Select(index => packets[index].Frame).ToHashSet();
        var decodable = new List<int>();
        var isWaiting = false;
        for (var index = 0; index < frames.Count; index++)
        {
            if (broken.Contains(index))
            {
                isWaiting |= !IsKnownDisposable(index);
                continue;
            }

            isWaiting &= !frames[index].Key;
            if (!isWaiting)
                decodable.Add(index);
        }

        return decodable;

        // Only what came of a frame can tell that no other needs it.
        bool IsKnownDisposable(int index) => frames[index].Disposable
            && packets.Where((each, at) => each.Frame == index && !lost.Contains(at)).Any();
    }
}
