using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Takes;

/// <summary>How a take comes to the time code in the sound of a recorder; time is virtual, and the probe is the take.</summary>
public sealed class JamSyncSpecs : TestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset At = new(2026, 12, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeCodeRate Rate = TimeCodeRate.Find(25)!.Value;

    private readonly FakeTimeProvider _time = new(At);
    private readonly ScriptedReader _reader = new();
    private readonly TestProbe _take;
    private readonly IActorRef _jam;

    public JamSyncSpecs()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        var environment = new TakesEnvironment(
            ActorRefs.Nobody, new TakeFiles("/takes", LocalDisk.Instance, NullLogger.Instance), "/recordings", _time, NullLogger.Instance)
        { Ltc = _reader };
        _take = CreateTestProbe();
        _jam = _take.ChildActorOf(Props.Create(() => new JamSync(Recording.Id, environment)));
        Watch(_jam);
        Settle();
    }

    private static Take Recording { get; } = new()
    {
        Id = TakeId.Create(At, 1),
        State = TakeState.Recording,
        Slate = new Slate(),
        At = At,
        TimeCode = "10:00:00:00",
        TimeCodeRecorder = new RecorderId("left"),
    };

    [Fact]
    public void A_take_that_has_not_begun_is_waited_for_and_one_that_has_gets_the_time_code_that_was_read()
    {
        Tell(Recording with { State = TakeState.Armed, At = null });
        Tell(Recording with { State = TakeState.Committed });
        _reader.Answers.Enqueue(new LtcAnswer(null, default, "Not yet.", IsFinal: false));
        _reader.Answers.Enqueue(Found("10:00:02:12"));
        Tell(Recording);
        Tell(Recording);

        var next = _take.ExpectMsg<JamSync.Read>().Of(Recording).Next!;

        _reader.Count.ShouldBe(2);
        next.TimeCode.ShouldBe("10:00:02:12");
        next.TimeCodeSource.ShouldBe(TimeCodeSource.Ltc);
        next.TimeCodePhase.ShouldBe(TimeSpan.FromMilliseconds(10));
        next.TimeCodeDetail.ShouldBe("Linear time code of recorder left, 2.49 s ahead of the node's clock.");
        Tell(next);
        ExpectTerminated(_jam);
    }

    [Fact]
    public void A_take_that_could_not_be_stored_is_told_again()
    {
        _reader.Answers.Enqueue(Found("09:59:59:00"));
        _reader.Answers.Enqueue(Found("09:59:59:00"));
        Tell(Recording);
        _take.ExpectMsg<JamSync.Read>();
        _take.Reply(TakeRefusal.NotStored("The disk is full."));

        Tell(Recording);

        _take.ExpectMsg<JamSync.Read>().Of(Recording).Next!.TimeCodeDetail.ShouldEndWith("0.99 s behind the node's clock.");
    }

    [Fact]
    public void Sound_without_time_code_leaves_the_clock_and_its_reason_when_more_sound_cannot_change_it()
    {
        _reader.Answers.Enqueue(new LtcAnswer(null, default, "The sound of recorder left has no linear time code.", IsFinal: true));
        Tell(Recording);

        var next = _take.ExpectMsg<JamSync.Read>().Of(Recording).Next!;

        (next.TimeCode, next.TimeCodeSource).ShouldBe(("10:00:00:00", TimeCodeSource.Clock));
        next.TimeCodeDetail.ShouldBe("The sound of recorder left has no linear time code. The time code is that of the node's clock.");
    }

    [Fact]
    public void Sound_that_cannot_be_read_is_tried_again_for_half_a_minute()
    {
        for (var i = 0; i < 31; i++)
        {
            Tell(Recording);
            _reader.Count.ShouldBe(i + 1);
            if (i < 30)
                _take.ExpectNoMsg(TimeSpan.Zero);
        }

        _take.ExpectMsg<JamSync.Read>().Of(Recording).Next!.TimeCodeDetail.ShouldStartWith("The sound of recorder left cannot be read: It is away.");
    }

    [Fact]
    public void A_take_that_was_told_meanwhile_stays_as_it_is_and_one_that_was_let_go_ends_it()
    {
        var told = Recording with { TimeCodeDetail = "Told." };
        new JamSync.Read(Found("10:00:02:12")).Of(told).Next.ShouldBeSameAs(told);

        Tell(Recording with { State = TakeState.Done, At = null });
        ExpectTerminated(_jam);
    }

    // The take is asked each second.
    private void Tell(Take take)
    {
        ((TestScheduler)Sys.Scheduler).Advance(Second);
        _time.Advance(Second);
        _take.ExpectMsg<TakeProtocol.Get>();
        var before = _reader.Count;
        _take.Reply(take);
        if (take.State == TakeState.Recording && take.TimeCodeDetail.Length == 0)
        {
            AwaitCondition(() => _reader.Count > before);
            Settle();
        }
    }

    // What it got before is handled, and its timer runs.
    private void Settle()
    {
        _jam.Tell(new Identify(_jam), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private static LtcAnswer Found(string text) =>
        new(TimeCode.TryParse(text, Rate, out var code) ? code : null, TimeSpan.FromMilliseconds(10), "", IsFinal: true);

    private sealed class ScriptedReader : ILtcReader
    {
        private int _count;

        public Queue<LtcAnswer> Answers { get; } = [];

        public int Count => Volatile.Read(ref _count);

        public Task<LtcAnswer> ReadAsync(Take take, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return Answers.TryDequeue(out var answer) ? Task.FromResult(answer) : Task.FromException<LtcAnswer>(new IOException("It is away."));
        }
    }
}
