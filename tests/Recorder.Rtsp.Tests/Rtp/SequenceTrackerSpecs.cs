using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Tests.Rtp;

public class SequenceTrackerSpecs
{
    private readonly SequenceTracker _sequence = new();

    [Fact]
    public void Numbers_go_on_over_their_wrap_without_a_loss()
    {
        foreach (var number in (ushort[])[65534, 65535, 0, 1])
        {
            _sequence.Accept(number, out var lost).ShouldBe(SequenceVerdict.Next);
            lost.ShouldBe(0);
        }

        _sequence.Last.ShouldBe(65536 + 65534 + 3);
        _sequence.Received.ShouldBe(4);
    }

    [Fact]
    public void Missing_packets_are_counted_also_over_the_wrap()
    {
        _sequence.Accept(65530, out _);
        _sequence.Accept(4, out var lost).ShouldBe(SequenceVerdict.Next);
        lost.ShouldBe(9);
        _sequence.Missing.ShouldBe(9);
    }

    [Fact]
    public void Repeated_and_late_packets_are_old()
    {
        _sequence.Accept(10, out _);
        _sequence.Accept(12, out _);
        _sequence.Accept(12, out _).ShouldBe(SequenceVerdict.Old);
        _sequence.Accept(11, out _).ShouldBe(SequenceVerdict.Old);
        _sequence.Repeated.ShouldBe(2);
        _sequence.Missing.ShouldBe(1);
    }

    [Fact]
    public void One_stray_packet_changes_nothing_but_two_in_a_row_are_a_new_count()
    {
        _sequence.Accept(10, out _);
        _sequence.Accept(30000, out _).ShouldBe(SequenceVerdict.Old);
        _sequence.Accept(11, out _).ShouldBe(SequenceVerdict.Next);
        _sequence.Accept(40000, out _).ShouldBe(SequenceVerdict.Old);
        _sequence.Accept(40001, out var lost).ShouldBe(SequenceVerdict.Restart);
        lost.ShouldBe(0);
        _sequence.Accept(40002, out _).ShouldBe(SequenceVerdict.Next);
        _sequence.Missing.ShouldBe(0);
    }
}
