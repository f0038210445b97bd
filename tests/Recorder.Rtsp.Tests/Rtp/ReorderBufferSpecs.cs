using System.Buffers.Binary;
using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Tests.Rtp;

public class ReorderBufferSpecs
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly SequenceTracker _sequence = new();
    private readonly ReorderBuffer _buffer;
    private readonly List<int> _passed = [];
    private int _lost;
    private TimeSpan _now;

    public ReorderBufferSpecs() => _buffer = new ReorderBuffer(_sequence);

    [Fact]
    public void Packets_that_overtook_others_wait_for_them()
    {
        Arrive(1, 3, 4, 2, 5);
        _passed.ShouldBe([1, 2, 3, 4, 5]);
        _lost.ShouldBe(0);
        _buffer.Count.ShouldBe(0);
    }

    [Fact]
    public void Order_holds_over_the_wrap()
    {
        Arrive(65534, 0, 65535, 2, 1);
        _passed.ShouldBe([65534, 65535, 0, 1, 2]);
        _lost.ShouldBe(0);
    }

    [Fact]
    public void Copies_are_left_out_whether_they_wait_or_have_passed()
    {
        Arrive(1, 3, 3, 1, 2, 2, 3);
        _passed.ShouldBe([1, 2, 3]);
        _sequence.Missing.ShouldBe(0);
    }

    [Fact]
    public void Missing_packet_is_given_up_after_the_longest_wait_and_counted()
    {
        Arrive(1, 4);
        _passed.ShouldBe([1]);
        _now += ReorderBuffer.LongestWait;
        Drain();
        _passed.ShouldBe([1, 4]);
        _lost.ShouldBe(2);
    }

    [Fact]
    public void No_more_than_the_bound_is_kept()
    {
        Arrive([1, .. Enumerable.Range(3, ReorderBuffer.MostKept + 5)]);
        _buffer.Count.ShouldBeLessThanOrEqualTo(ReorderBuffer.MostKept);
        _lost.ShouldBe(1);
    }

    // Property: any order in which no packet is late by more than the bound comes out sorted, and what is dropped is counted exactly.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_packet_passes_once_in_order_and_the_others_are_counted(int seed)
    {
        var random = new Random(seed);
        var sent = Enumerable.Range(65000, 3000).ToList();
        var arriving = sent.Where(number => number == sent[0] || number == sent[^1] || random.NextDouble() > 0.05)
            .SelectMany(number => random.NextDouble() < 0.05 ? new[] { number, number } : [number])
            .Select((number, index) => (number, at: index + (index == 0 ? 0 : random.Next(20))))
            .OrderBy(each => each.at).Select(each => each.number).ToList();
        Arrive([.. arriving]);
        _now += ReorderBuffer.LongestWait;
        Drain();
        var distinct = arriving.Distinct().Order().Select(number => number & 0xffff).ToList();
        _passed.ShouldBe(distinct, $"seed {seed}");
        _lost.ShouldBe(sent.Count - distinct.Count, $"seed {seed}");
    }

    private void Arrive(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            _now += Step;
            var datagram = new byte[13];
            datagram[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)number);
            RtpPacket.TryRead(datagram, out var packet).ShouldBeTrue();
            if (_buffer.Offer(packet, datagram, _now))
                Pass(packet.Sequence);

            Drain();
        }
    }

    private void Drain()
    {
        while (_buffer.TryTake(_now, out var datagram, out _))
        {
            RtpPacket.TryRead(datagram, out var packet).ShouldBeTrue();
            Pass(packet.Sequence);
            ReorderBuffer.Return(datagram);
        }
    }

    private void Pass(ushort number)
    {
        if (_sequence.Accept(number, out var lost) == SequenceVerdict.Old)
            return;

        _passed.Add(number);
        _lost += lost;
    }
}
