using System.Text.RegularExpressions;

namespace Recorder.Testing.Tests;

public class EventFilterSpecs : KitSpec
{
    public EventFilterSpecs()
        : base("akka.loglevel = DEBUG")
    {
    }

    [Fact]
    public void One_event_passes_none_and_two_fail()
    {
        EventFilter.Warning("careful").ExpectOne(() => Sys.Log.Warning("careful"));

        FailureOf(() => EventFilter.Warning("careful").ExpectOne(Short, () => { })).ShouldContain("0");
        FailureOf(() => EventFilter.Warning("careful").ExpectOne(() =>
        {
            Sys.Log.Warning("careful");
            Sys.Log.Warning("careful");
            Come("both were logged");
        }));
    }

    [Fact]
    public void A_number_of_events()
    {
        EventFilter.Info(contains: "item").Expect(3, () =>
        {
            foreach (var i in Enumerable.Range(0, 3))
                Sys.Log.Info("item {0}", i);
        });

        FailureOf(() => EventFilter.Info(contains: "item").Expect(3, Short, () => Sys.Log.Info("item")));
    }

    [Fact]
    public void No_event_can_be_expected()
    {
        EventFilter.Error().Expect(0, Short, () => Sys.Log.Info("fine"));

        FailureOf(() => EventFilter.Error().Expect(0, Short, () => Sys.Log.Error("not fine")));
    }

    [Fact]
    public void Events_that_come_after_the_block_count_while_it_is_waited_for_them() =>
        EventFilter.Warning("late").ExpectOne(() =>
        {
            var log = Sys.Log;
            Sys.Scheduler.Advanced.ScheduleOnce(Short, () => log.Warning("late"));
        });

    [Fact]
    public void Levels_are_told_apart()
    {
        EventFilter.Debug("x").ExpectOne(() => Sys.Log.Debug("x"));
        EventFilter.Info("x").ExpectOne(() => Sys.Log.Info("x"));
        EventFilter.Warning("x").ExpectOne(() => Sys.Log.Warning("x"));
        EventFilter.Error("x").ExpectOne(() => Sys.Log.Error("x"));
        EventFilter.ForLogLevel(LogLevel.InfoLevel, "x").ExpectOne(() => Sys.Log.Info("x"));

        FailureOf(() => EventFilter.Warning("x").ExpectOne(Short, () => Sys.Log.Error("x")));
    }

    [Fact]
    public void Texts_are_matched_whole_by_their_start_by_a_part_or_by_a_pattern()
    {
        void Log() => Sys.Log.Warning("disk is full");

        EventFilter.Warning("disk is full").ExpectOne(Log);
        EventFilter.Warning(start: "disk").ExpectOne(Log);
        EventFilter.Warning(contains: "is").ExpectOne(Log);
        EventFilter.Warning(new Regex("^disk .* full$")).ExpectOne(Log);
        EventFilter.Custom(log => log.ToString()!.Contains("full", StringComparison.Ordinal)).ExpectOne(Log);

        FailureOf(() => EventFilter.Warning("disk").ExpectOne(Short, Log));
        FailureOf(() => EventFilter.Warning(start: "full").ExpectOne(Short, Log));
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing() => Receive<Exception>(exception => throw exception);
    }

    [Fact]
    public void Exceptions_are_matched_by_type_message_and_source()
    {
        var actor = Sys.ActorOf(Props.Create<Failing>(), "failing");

        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => actor.Tell(new InvalidOperationException("x")));
        EventFilter.Exception<InvalidOperationException>("x").ExpectOne(() => actor.Tell(new InvalidOperationException("x")));
        EventFilter.Exception<Exception>(source: actor.Path.ToString())
            .ExpectOne(() => actor.Tell(new InvalidOperationException("x")));

        FailureOf(() => EventFilter.Exception<ArgumentException>()
            .ExpectOne(Short * 3, () => actor.Tell(new InvalidOperationException("x"))));
        FailureOf(() => EventFilter.Exception<InvalidOperationException>("y")
            .ExpectOne(Short * 3, () => actor.Tell(new InvalidOperationException("x"))));
    }

    [Fact]
    public void Dead_letters_are_matched_by_type_and_predicate()
    {
        EventFilter.DeadLetter().ExpectOne(() => Sys.DeadLetters.Tell("x"));
        EventFilter.DeadLetter<string>().ExpectOne(() => Sys.DeadLetters.Tell("x"));
        EventFilter.DeadLetter<string>(text => text == "x").ExpectOne(() => Sys.DeadLetters.Tell("x"));

        FailureOf(() => EventFilter.DeadLetter<int>().ExpectOne(Short, () => Sys.DeadLetters.Tell("x")));
    }

    [Fact]
    public void Several_filters_count_together() =>
        EventFilter.Warning("a").And.Error("b").Expect(2, () =>
        {
            Sys.Log.Warning("a");
            Sys.Log.Error("b");
            Sys.Log.Info("c");
        });

    [Fact]
    public async Task Blocks_can_return_and_be_awaited()
    {
        EventFilter.Info("x").ExpectOne(() =>
        {
            Sys.Log.Info("x");
            return 5;
        }).ShouldBe(5);

        await EventFilter.Info("x").ExpectOneAsync(async () =>
        {
            await Task.Yield();
            Sys.Log.Info("x");
        });

        await FailureOfAsync(() => EventFilter.Info("x").ExpectOneAsync(Short, () => Task.CompletedTask));
    }

    [Fact]
    public void A_filter_listens_only_while_its_block_runs()
    {
        Sys.Log.Warning("before");

        FailureOf(() => EventFilter.Warning("before").ExpectOne(Short, () => { }));
    }
}

public class TestOutputSpecs
{
    private sealed class Lines : Xunit.Abstractions.ITestOutputHelper
    {
        private readonly List<string> _lines = [];

        public string All
        {
            get
            {
                lock (_lines)
                    return string.Join('\n', _lines);
            }
        }

        public void WriteLine(string message)
        {
            lock (_lines)
                _lines.Add(message);
        }

        public void WriteLine(string format, params object[] args) => WriteLine(string.Format(null, format, args));
    }

    private sealed class Kit(Xunit.Abstractions.ITestOutputHelper output) : TestKit(ConfigurationFactory.ParseString("akka.loglevel = INFO"), "output", output);

    [Fact]
    public void The_systems_log_goes_to_the_tests_output()
    {
        var lines = new Lines();
        using var kit = new Kit(lines);

        kit.AwaitAssert(
            () =>
            {
                kit.Sys.Log.Warning("seen");
                lines.All.ShouldContain("seen");
            },
            interval: TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void A_kit_that_is_disposed_has_terminated_its_system()
    {
        var kit = new Kit(new Lines());

        kit.Dispose();

        kit.Sys.WhenTerminated.IsCompleted.ShouldBeTrue();
    }
}
