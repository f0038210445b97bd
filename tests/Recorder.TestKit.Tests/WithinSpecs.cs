namespace Recorder.Testing.Tests;

public class WithinSpecs : KitSpec
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);

    [Fact]
    public void A_block_in_time_passes_and_returns()
    {
        Come("a");

        Within(Long, () => ExpectMsg<string>()).ShouldBe("a");
    }

    [Fact]
    public void Expectations_in_a_block_wait_for_what_is_left_of_it()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();

        FailureOf(() => Within(Short, () => ExpectMsg<string>()));

        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_block_that_takes_too_long_fails()
    {
        var failure = FailureOf(() => Within(Short, () => { AwaitConditionNoThrow(() => false, Short * 3); }));

        failure.ShouldContain("exceeding 00:00:00.04");
    }

    [Fact]
    public void A_block_that_is_too_fast_fails()
    {
        var failure = FailureOf(() => Within(Short, Long, () => { }, "the hint"));

        failure.ShouldContain("00:00:00.04");
        failure.ShouldContain("the hint");
    }

    [Fact]
    public void An_inner_block_has_no_more_time_than_the_outer_one()
    {
        Within(Long, () =>
        {
            Within(TimeSpan.FromSeconds(30), () => Remaining.ShouldBeLessThanOrEqualTo(Long));
            Within(Short * 10, () => Remaining.ShouldBeLessThanOrEqualTo(Short * 10));
            Remaining.ShouldBeGreaterThan(Short * 10);
        });
    }

    [Fact]
    public void A_block_that_must_take_longer_than_is_left_fails_at_once() =>
        FailureOf(() => Within(Short, () => Within(Long, Long, () => { }))).ShouldContain("00:00:03");

    [Fact]
    public void Remaining_has_a_meaning_only_in_a_block()
    {
        Should.Throw<InvalidOperationException>(() => Remaining);
        RemainingOrDefault.ShouldBe(TimeSpan.FromSeconds(3));
        Within(Long, () => Remaining.ShouldBeGreaterThan(TimeSpan.Zero));
        Should.Throw<InvalidOperationException>(() => Remaining);
    }

    [Fact]
    public void A_failing_block_ends_its_deadline_too()
    {
        Should.Throw<InvalidOperationException>(() => Within(Long, () => throw new InvalidOperationException("inside")));

        Should.Throw<InvalidOperationException>(() => Remaining);
    }

    [Fact]
    public async Task A_block_can_be_awaited()
    {
        Come("a");

        (await WithinAsync(Long, async () => await ExpectMsgAsync<string>())).ShouldBe("a");
        await WithinAsync(Long, async () => await Task.Yield());

        var failure = await Should.ThrowAsync<Exception>(() => WithinAsync(Short, async () => await ExpectMsgAsync<string>()));
        failure.GetBaseException().ShouldBeAssignableTo<Xunit.Sdk.XunitException>(); // Akka.NET wraps it
    }

    [Fact]
    public void An_assertion_is_repeated_until_it_holds()
    {
        var attempts = 0;

        AwaitAssert(() => (++attempts).ShouldBe(3), interval: TimeSpan.FromMilliseconds(5));

        attempts.ShouldBe(3);
    }

    [Fact]
    public void An_assertion_that_never_holds_is_the_failure()
    {
        var attempts = 0;

        Should.Throw<ShouldAssertException>(() => AwaitAssert(
            () =>
            {
                attempts++;
                true.ShouldBeFalse();
            },
            Short,
            TimeSpan.FromMilliseconds(5)));

        attempts.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task An_assertion_can_be_awaited()
    {
        var attempts = 0;

        await AwaitAssertAsync(() => (++attempts).ShouldBe(3), interval: TimeSpan.FromMilliseconds(5));

        attempts.ShouldBe(3);
    }

    [Fact]
    public void A_condition_is_waited_for()
    {
        var looks = 0;

        AwaitCondition(() => ++looks == 3, null, TimeSpan.FromMilliseconds(5));

        looks.ShouldBe(3);
        AwaitConditionNoThrow(() => false, Short).ShouldBeFalse();
        AwaitConditionNoThrow(() => true, Short).ShouldBeTrue();
        FailureOf(() => AwaitCondition(() => false, Short, TimeSpan.FromMilliseconds(5), "never true")).ShouldContain("never true");
    }

    [Fact]
    public void A_latch_opens_when_it_was_counted_down()
    {
        var latch = CreateTestLatch(2);
        Should.Throw<TimeoutException>(() => latch.Ready(Short));

        latch.CountDown();
        latch.IsOpen.ShouldBeFalse();
        latch.CountDown();

        latch.IsOpen.ShouldBeTrue();
        latch.Ready();
        latch.Reset();
        latch.IsOpen.ShouldBeFalse();
        latch.Open();
        latch.Ready(Short);
    }
}

public class DilationSpecs : KitSpec
{
    public DilationSpecs()
        : base("akka.test { timefactor = 2.0, single-expect-default = 1s }")
    {
    }

    [Fact]
    public void Times_are_multiplied_with_the_time_factor()
    {
        Dilated(TimeSpan.FromSeconds(3)).ShouldBe(TimeSpan.FromSeconds(6));
        RemainingOrDefault.ShouldBe(TimeSpan.FromSeconds(2));
        RemainingOrDilated(TimeSpan.FromSeconds(1)).ShouldBe(TimeSpan.FromSeconds(2));
        TestKitSettings.TestTimeFactor.ShouldBe(2);
    }
}
