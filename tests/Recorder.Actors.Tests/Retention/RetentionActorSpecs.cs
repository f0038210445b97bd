using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Retention;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Retention;

public sealed class RetentionActorSpecs : TestKit
{
    private static readonly RecorderId Cam = new("cam");

    private sealed record Sweeping(TaskCompletionSource<int> Done);

    [Fact]
    public void A_sweep_runs_at_the_start_and_at_every_interval()
    {
        Start(TimeSpan.FromMilliseconds(20));
        ExpectMsg<Sweeping>().Done.SetResult(0);
        ExpectMsg<Sweeping>().Done.SetResult(0);
        ExpectMsg<Sweeping>();
    }

    [Fact]
    public void Only_a_full_volume_starts_a_sweep_at_once()
    {
        var retention = Start(TimeSpan.FromHours(1));
        ExpectMsg<Sweeping>().Done.SetResult(0);
        retention.Tell(new StorageChanged(Cam, 1, default, StorageStatus.Writing, ""));
        retention.Tell(new StorageChanged(Cam, 2, default, StorageStatus.Full, ""));

        ExpectMsg<Sweeping>();
        ExpectNoMsg(TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void One_sweep_runs_at_a_time_and_requests_during_it_start_one_more()
    {
        var retention = Start(TimeSpan.FromHours(1));
        var first = ExpectMsg<Sweeping>();
        retention.Tell(new RetentionActor.Sweep(), TestActor);
        retention.Tell(new RetentionActor.Sweep(), TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(30));
        first.Done.SetResult(1);
        ExpectMsg<Sweeping>().Done.SetResult(7);

        ExpectMsg<RetentionActor.Swept>().Removed.ShouldBe(7);
        ExpectMsg<RetentionActor.Swept>().Removed.ShouldBe(7);
        ExpectNoMsg(TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void A_failed_sweep_is_repeated_at_the_next_interval()
    {
        Start(TimeSpan.FromMilliseconds(20));
        ExpectMsg<Sweeping>().Done.SetException(new IOException("The disk broke."));

        ExpectMsg<Sweeping>();
    }

    private IActorRef Start(TimeSpan interval) => Sys.ActorOf(RetentionActor.PropsFor(Sweep, CreateTestProbe(), interval, NullLogger.Instance));

    private Task<int> Sweep(CancellationToken cancellationToken)
    {
        var sweeping = new Sweeping(new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        TestActor.Tell(sweeping, ActorRefs.NoSender);
        return sweeping.Done.Task;
    }
}
