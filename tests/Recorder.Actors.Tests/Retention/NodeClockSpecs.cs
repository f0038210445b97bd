using System.Text.Json;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Retention;

/// <summary>Whatever is done to the system clock, no recording becomes older than it is by the node's clock.</summary>
public sealed class NodeClockSpecs
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Unset = new(1970, 1, 1, 0, 0, 10, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly SettableTime _time = new(T0);
    private NodeClock _clock;

    public NodeClockSpecs() => _clock = new NodeClock(_time, machine: _time.Machine());

    [Fact]
    public void A_clock_that_advances_like_the_monotonic_one_is_trusted_and_small_corrections_are_followed()
    {
        for (var hour = 0; hour < 100; hour++)
        {
            _time.Pass(Hour);
            _time.Set(hour % 2 == 0 ? Second : -2 * Second);
            Look().ShouldBe((true, _time.Now));
        }
    }

    [Fact]
    public void A_clock_that_jumps_is_not_trusted_until_it_is_right_again()
    {
        _time.Pass(Hour);
        _time.Set(730 * Day);
        Look().ShouldBe((false, T0 + Hour));
        _time.Pass(75 * Second);
        Look().ShouldBe((false, T0 + Hour + (75 * Second)));
        _time.Set(-730 * Day);

        Look().ShouldBe((true, _time.Now));
        _clock.ReadClocks().Shifts.ShouldBeEmpty();
    }

    [Fact]
    public void A_moment_less_than_two_years_is_described_as_two_years()
    {
        _time.Pass(Hour);
        _time.Set((730 * Day) - TimeSpan.FromMilliseconds(5));

        NodeClock.Describe(_clock.ReadClocks()).ShouldContain(" 730 days ahead of ");
    }

    [Fact]
    public void A_clock_that_is_set_back_is_not_trusted()
    {
        _time.Pass(Hour);
        _time.Set(-Hour);

        Look().ShouldBe((false, T0 + Hour));
    }

    [Fact]
    public void Corrections_add_up_to_a_jump()
    {
        var trusted = 0;
        while (Look().IsTrusted)
        {
            trusted++.ShouldBeLessThan(10);
            _time.Pass(Minute);
            _time.Set(Minute);
        }

        // The correction exceeds the slack; much later the slack allows it again.
        _time.Pass(Day);
        Look().IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public void A_machine_that_was_suspended_has_counted_the_time()
    {
        _time.Suspend(10 * Day);

        Look().ShouldBe((true, T0 + (10 * Day)));
    }

    [Fact]
    public void A_process_restarted_within_one_boot_knows_how_long_it_was_off()
    {
        _time.Pass(100 * Day);
        Restart();
        Look().ShouldBe((true, T0 + (100 * Day)));
        _time.Pass(Hour);
        _time.Set(2 * Day);
        Restart();

        // On another boot two days would count as time off.
        Look().ShouldBe((false, T0 + (100 * Day) + Hour));
    }

    [Fact]
    public void A_machine_that_was_off_for_long_needs_an_operator_to_trust_its_clock()
    {
        Boot(T0 + (2 * Day));
        Look().ShouldBe((true, T0 + (2 * Day)));
        Boot(T0 + (20 * Day));
        Look().ShouldBe((false, T0 + (2 * Day)));
        _clock.ReadClocks().MayCountOffTime.ShouldBeTrue();

        _clock.Trust(countsOffTime: true).ShouldNotBeNull();
        Look().ShouldBe((true, _time.Now));
        // Times stored before this start become older; times stored since are shifted.
        _clock.ReadClocks().Shifts.ShouldHaveSingleItem().ShouldBe(new ClockShift(T0 + (2 * Day), 18 * Day));
        _clock.ReadClocks().CanTellAge.ShouldBeFalse();
        _clock.CompleteShifts(1);
        _clock.ReadClocks().CanTellAge.ShouldBeTrue();
    }

    [Fact]
    public void Trusting_the_clock_makes_nothing_older()
    {
        _time.Pass(Hour);
        _time.Set(730 * Day);
        var recorded = new Stored(_clock, _time);
        _time.Pass(Hour);
        _clock.Trust(countsOffTime: true).ShouldBeNull();
        _clock.Trust(countsOffTime: false).ShouldNotBeNull();

        Look().ShouldBe((true, _time.Now));
        recorded.Age(_clock).ShouldBe(Hour);
        _clock.Trust(countsOffTime: false).ShouldNotBeNull().IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public void A_machine_without_a_clock_of_its_own_is_trusted_when_its_clock_was_set()
    {
        _time.Pass(Hour);
        Boot(Unset);
        var recorded = new Stored(_clock, _time);
        recorded.At.ShouldBe(T0 + Hour);
        _time.Pass(2 * Minute);
        Look().ShouldBe((false, T0 + Hour + (2 * Minute)));
        _time.SetTo(T0 + (2 * Hour));

        Look().ShouldBe((true, _time.Now));
        recorded.Age(_clock).ShouldBe(2 * Minute);
    }

    [Fact]
    public void A_machine_that_never_knew_the_time_keeps_the_age_of_its_recordings()
    {
        _time.Boot(Unset);
        _clock = new NodeClock(_time, machine: _time.Machine());
        _clock.Begin(null, null).IsTrusted.ShouldBeFalse();
        var first = new Stored(_clock, _time);
        _time.Pass(Hour);
        // The machine loses power, and its clock begins in 1970 again.
        Boot(Unset);
        var second = new Stored(_clock, _time);
        _time.Pass(2 * Minute);
        Look().IsTrusted.ShouldBeFalse();
        _time.SetTo(T0);
        Look().ShouldBe((true, T0));

        (first.Age(_clock), second.Age(_clock)).ShouldBe((Hour + (2 * Minute), 2 * Minute));
    }

    [Fact]
    public void Stamps_of_a_wrong_clock_are_told_apart_from_right_ones()
    {
        _time.Pass(Hour);
        _time.Set(730 * Day);
        Look();
        _time.Pass(75 * Second);
        Look();
        _time.Set(-730 * Day);
        _time.Pass(Minute);
        Look();

        // Even when asked late, after the clock is right again.
        _clock.TimeOf(T0 + (730 * Day) + Hour + (30 * Second)).ShouldBe(T0 + Hour + (30 * Second));
        _clock.TimeOf(T0 + (30 * Second)).ShouldBeNull();
        _clock.TimeOf(_time.Now).ShouldBeNull();
        _clock.TimeOf(T0 + (300 * Day)).ShouldBe(_time.Now);
        _clock.TimeOf(Unset).ShouldBe(_time.Now);
    }

    [Fact]
    public void Future_times_in_a_catalogue_without_a_clock_make_nothing_older()
    {
        _clock.Begin(null, T0 + (730 * Day)).IsTrusted.ShouldBeTrue();
        _clock.Begin(null, T0 - Day).IsTrusted.ShouldBeTrue();
        _clock.Begin(null, T0 - (300 * Day)).IsTrusted.ShouldBeFalse();
        _clock.Begin(null, Unset).IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_an_interrupted_recording_is_as_long_ago_as_the_time_that_really_passed()
    {
        var interrupted = new InterruptedRecording(new RecordingId("r"), "video/mp4", 1, 1, 1, Minute, T0);
        _time.Pass(Minute);
        Restart();
        _clock.CorrectEnd(interrupted).ShouldBe(interrupted);
        _time.Set(730 * Day);
        _time.Pass(Minute);
        Restart();
        (_time.Now - _clock.CorrectEnd(interrupted)!.EndedAt).ShouldBe(2 * Minute);
        Boot(Unset);
        (_time.Now - _clock.CorrectEnd(interrupted)!.EndedAt).ShouldBe(2 * Minute);

        // After a long time off, or a wrong clock, the passed time is unknown.
        Boot(T0 + (10 * Day));
        _clock.CorrectEnd(interrupted).ShouldBe(interrupted);
    }

    [Fact]
    public void A_sentence_says_what_is_wrong_and_what_to_do()
    {
        _time.Set(730 * Day);

        NodeClock.Describe(_clock.ReadClocks()).ShouldBe(
            "The system clock says 2028-02-29T00:00:00Z, 730 days ahead of the node's own time; nothing is deleted by age until the clock "
            + "is right again or 'recorder clock trust' confirms it.");
    }

    // After any sequence of events the age of a recording is at most the passed time plus the allowed tolerance.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_gets_older_than_it_is_whatever_is_done_to_the_clock(int seed)
    {
        var random = new Random(seed);
        for (var story = 0; story < 300; story++)
        {
            var time = new SettableTime(random.Next(4) == 0 ? Unset : T0);
            var clock = new NodeClock(time, machine: time.Machine());
            clock.Begin(null, null);
            var (truth, slack, boots) = (TimeSpan.Zero, clock.Options.Tolerance, 0);
            var stored = new List<(Stored Recording, TimeSpan At)>();
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(9))
                {
                    case 0:
                        time.Set(TimeSpan.FromSeconds(random.Next(-200_000_000, 200_000_000)));
                        break;
                    case 1:
                        time.Set(TimeSpan.FromSeconds(random.Next(-400, 400)));
                        break;
                    case 2:
                        time.SetTo(T0 + truth);
                        break;
                    case 3:
                        // The machine was off, or its clock only says so.
                        clock = Restart(clock, time, random.Next(3) == 0 ? Unset : time.Now + TimeSpan.FromSeconds(random.Next(-1000, 2_000_000)));
                        boots++;
                        break;
                    case 4:
                        clock = Restart(clock, time);
                        break;
                    case 5:
                        clock.Trust(countsOffTime: false);
                        slack += clock.Options.Tolerance;
                        break;
                    case 6:
                        stored.Add((new Stored(clock, time), truth));
                        break;
                    default:
                        var passing = TimeSpan.FromSeconds(random.Next(1, 100_000));
                        (truth, slack) = (truth + passing, slack + (passing / 100));
                        time.Pass(passing);
                        break;
                }

                if (clock.ReadClocks() is { IsTrusted: true })
                {
                    foreach (var (recording, at) in stored)
                    {
                        // The time off that a restart accepts, the sum of corrections, and the tolerance of spans.
                        var allowed = slack + (2 * clock.Options.Tolerance) + (boots * (clock.Options.LongestOff + clock.Options.Tolerance));
                        (recording.Age(clock) - (truth - at)).ShouldBeLessThanOrEqualTo(allowed, $"seed {seed}, story {story}, step {step}");
                    }
                }
            }
        }
    }

    private (bool IsTrusted, DateTimeOffset Time) Look() => (_clock.ReadClocks().IsTrusted, _clock.GetUtcNow());

    private void Restart() => _clock = Restart(_clock, _time);

    private void Boot(DateTimeOffset now) => _clock = Restart(_clock, _time, now);

    // The form in which the catalogue stores it.
    private static NodeClock Restart(NodeClock clock, SettableTime time, DateTimeOffset? boot = null)
    {
        var kept = JsonSerializer.Serialize(clock.ReadClocks(), ClockJson.Default.ClockState);
        if (boot is { } now)
            time.Boot(now);

        var next = new NodeClock(time, machine: time.Machine());
        next.Begin(JsonSerializer.Deserialize(kept, ClockJson.Default.ClockState), null);
        return next;
    }

    /// <summary>A time that is stored and shifted like in the catalogue.</summary>
    private sealed class Stored(NodeClock clock, SettableTime time)
    {
        public DateTimeOffset At { get; private set; } = clock.TimeOf(time.Now) ?? time.Now;

        public TimeSpan Age(NodeClock clock)
        {
            var at = At;
            foreach (var shift in clock.ReadClocks().Shifts)
                at = shift.Since is null || at >= shift.Since ? at + shift.By : at;

            return clock.GetUtcNow() - at;
        }
    }
}
