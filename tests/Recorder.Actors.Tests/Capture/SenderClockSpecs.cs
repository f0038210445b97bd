using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

public sealed class SenderClockSpecs
{
    private const long Now = 1_700_000_000_000_000;
    private const long Second = 1_000_000;
    private const long Frame = 40_000;

    [Fact]
    public void The_time_that_a_sender_states_is_used_however_late_packets_arrive()
    {
        var clock = new SenderClock();
        // The sender's clock is half a second behind; then the network stalls for three seconds.
        Judge(clock, 0, Now - (Second / 2), 0).ShouldBe(Now - (Second / 2));
        Judge(clock, 0, Now - (Second / 2) + Frame, 3 * Second).ShouldBe(Now - (Second / 2) + Frame);
        Judge(clock, 0, Now - (Second / 2) + (2 * Frame), 3 * Second).ShouldBe(Now - (Second / 2) + (2 * Frame));
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(8)]
    [InlineData(-86_400)]
    public void A_jump_of_the_senders_clock_is_ignored(long by)
    {
        var clock = new SenderClock();
        Judge(clock, 0, Now, 0).ShouldBe(Now);
        clock.JumpOf(0).ShouldBe(0);
        for (var n = 1; n < 100; n++)
            Judge(clock, 0, Now + (n * Frame) + (by * Second), n * Frame).ShouldBe(Now + (n * Frame));

        clock.JumpOf(0).ShouldBe(by * Second);
    }

    [Fact]
    public void A_clock_that_is_first_stated_after_a_while_and_disagrees_with_arrival_is_ignored()
    {
        var clock = new SenderClock();
        Judge(clock, 0, 0, 0).ShouldBe(Now);
        Judge(clock, 0, Now + Frame - (7_200 * Second), Frame).ShouldBe(Now + Frame);
        Judge(clock, 0, Now + (2 * Frame) - (7_200 * Second), 2 * Frame).ShouldBe(Now + (2 * Frame));
        clock.JumpOf(0).ShouldBe(0);
        // A clock that nearly agrees is used, because it is more exact than arrival.
        Judge(clock, 1, 0, 0).ShouldBe(Now);
        Judge(clock, 1, Now + Frame - (Second / 5), Frame).ShouldBe(Now + Frame - (Second / 5));
    }

    private static long Judge(SenderClock clock, int track, long stated, long elapsed) =>
        clock.Judge(track, stated, Now + elapsed, TimeSpan.FromMicroseconds(elapsed));
}
