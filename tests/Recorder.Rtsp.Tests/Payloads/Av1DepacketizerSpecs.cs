using Recorder.Rtsp.Payloads;
using static Recorder.Rtsp.Tests.Payloads.Depacketizing;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class Av1DepacketizerSpecs
{
    // OBU headers: 08 sequence header, 10 temporal delimiter, 30 frame, 34 frame with an extension; 0A, 12, 32 with a size.
    [Theory]
    [InlineData("one without its length", "10 30 1122", "32 02 1122", true)]
    [InlineData("one with its length", "00 03 30 3122", "32 02 3122", false)]
    [InlineData("a delimiter, a sequence header and a frame", "38 01 10 03 08 AABB 30 1122", "0A 02 AABB 32 02 1122", true)]
    [InlineData("two of which the last has no length", "28 03 08 AABB 30 3122", "0A 02 AABB 32 02 3122", true)]
    [InlineData("one that has a size already", "10 32 02 3122", "32 02 3122", false)]
    [InlineData("one with an extension", "10 34 00 3122", "36 00 02 3122", false)]
    public void Units_get_their_sizes(string what, string packet, string frame, bool key)
    {
        var log = Find("AV1").Receive(new Sent(Hex(packet), 0, true));
        Convert.ToHexString(log.Frames.ShouldHaveSingleItem().Bytes).ShouldBe(Convert.ToHexString(Hex(frame)), what);
        log.Frames[0].Info.Key.ShouldBe(key, what);
    }

    [Fact]
    public void Fragments_are_put_together_behind_a_size_of_four_bytes()
    {
        var log = Find("AV1").Receive(
            new Sent(Hex("68 03 08 AABB 30 1122"), 0, false), new Sent(Hex("D0 3344"), 0, false), new Sent(Hex("A0 01 55 30 3166"), 0, true));
        log.Frames.ShouldHaveSingleItem().Bytes.ShouldBe(Hex("0A 02 AABB 32 85808000 1122334455 32 02 3166"));
        log.Misses.ShouldBeEmpty();
    }

    [Fact]
    public void Temporal_units_arrive_as_they_were_sent_and_a_lost_packet_costs_only_those_it_touches()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            List<(List<Sent> Packets, byte[] Obus)> units = [.. Enumerable.Range(0, 6).Select(i => Unit(random, i))];
            List<Sent> packets = [.. units.SelectMany(unit => unit.Packets)];
            var lost = seed < 10 ? -1 : random.Next(packets.Count);
            var log = new FrameLog();
            var receiver = new Receiver(Find("AV1").Create(log, log), random);
            for (var i = 0; i < packets.Count; i++)
            {
                if (i == lost)
                    receiver.Lose();
                else
                    receiver.Receive(packets[i]);
            }

            // All begin with a sequence header, so nothing is in doubt.
            log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe(
                Enumerable.Range(0, 6).Select(i => (long)i).Where(i => lost < 0 || packets[lost].Timestamp != i), $"seed {seed}");
            foreach (var frame in log.Frames)
                WithoutSizes(frame.Bytes).ShouldBe(units[(int)frame.Info.Timestamp].Obus, $"seed {seed}");
        }
    }

    [Fact]
    public void After_a_loss_a_unit_that_may_lack_its_beginning_is_left_out()
    {
        var log = new FrameLog();
        var receiver = new Receiver(Find("AV1").Create(log, log), new Random(1));
        receiver.Receive(new Sent(Hex("10 30 1122"), 0, true));
        receiver.Lose();
        receiver.Receive(new Sent(Hex("10 30 3122"), 2, true));
        receiver.Receive(new Sent(Hex("10 30 3122"), 3, true));
        log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe([0L, 3L]);
        log.Misses.ShouldBe([(2L, true)]);
    }

    [Fact]
    public void The_sequence_header_is_kept()
    {
        var log = new FrameLog();
        var depacketizer = Find("AV1").Create(log, log);
        depacketizer.Add(new RtpPayload(Hex("28 03 08 AABB 30 1122"), 0, true, 0));
        depacketizer.ShouldBeAssignableTo<IInBandHeader>()!.Header.ShouldBe(Hex("0A 02 AABB"));
    }

    // A sequence header and up to three frames, cut anywhere.
    private static (List<Sent> Packets, byte[] Obus) Unit(Random random, long timestamp)
    {
        List<byte[]> obus = [[0x08, 1, 2, 3], .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (byte[])[0x30, .. Noise(random)])];
        List<Sent> packets = [];
        List<byte> packet = [];
        var continues = false;
        foreach (var obu in obus)
        {
            for (var at = 0; at < obu.Length;)
            {
                var length = Math.Min(obu.Length - at, at == 0 && obu[0] == 8 ? obu.Length : random.Next(1, 200));
                packet.AddRange([.. Length(length), .. obu[at..(at + length)]]);
                at += length;
                if (at == obu.Length && random.Next(2) == 0)
                    continue;

                packets.Add(new Sent([(byte)((continues ? 0x80 : 0) | (at < obu.Length ? 0x40 : 0)), .. packet], timestamp, false));
                packet.Clear();
                continues = at < obu.Length;
            }
        }

        if (packet.Count > 0)
            packets.Add(new Sent([(byte)(continues ? 0x80 : 0), .. packet], timestamp, false));
        packets[^1] = packets[^1] with { Marker = true };
        return (packets, [.. obus.SelectMany(obu => obu)]);
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 600)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)(0x80 | (length & 0x7F)), (byte)(length >> 7)];

    private static byte[] WithoutSizes(byte[] frame)
    {
        List<byte> obus = [];
        ReadOnlyMemory<byte> rest = frame;
        while (!rest.IsEmpty)
        {
            obus.Add((byte)(rest.Span[0] & ~2));
            rest = rest[1..];
            Leb128.TryRead(ref rest, out var size).ShouldBeTrue();
            obus.AddRange(rest[..size].Span);
            rest = rest[size..];
        }

        return [.. obus];
    }
}
