using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Facade;

/// <summary>Event handlers that throw, block, or call the recorder.</summary>
public sealed class HandlerSpecs(FacadeNode node) : IClassFixture<FacadeNode>
{
    [Fact]
    public async Task A_handler_that_throws_is_logged_and_suppresses_nothing_78()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        recorder.Started += (_, _) => throw new InvalidTimeZoneException("at start");
        recorder.DataAvailable += (_, _) => throw new InvalidTimeZoneException("at data");
        recorder.Stopped += (_, _) => throw new InvalidTimeZoneException("at stop");
        var trace = new EventTrace(recorder);

        await recorder.Start();
        (await trace.First<Stopped>()).Reason.ShouldBe(StopReason.SourceEnded);

        trace.Text.Split(", ").Length.ShouldBe(3);
        foreach (var message in new[] { "at start", "at data", "at stop" })
            await node.Log.Logged(exception => exception.Message == message);
    }

    [Fact]
    public async Task A_late_exception_of_an_async_handler_is_logged_and_does_not_end_the_process()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        recorder.Started += async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidTimeZoneException("later");
        };

        await recorder.Start();
        await node.Log.Logged(exception => exception.Message == "later");
    }

    [Fact]
    public async Task A_handler_may_call_the_recorder_and_block_on_it()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        recorder.Started += (_, _) => recorder.Stop().GetAwaiter().GetResult();
        var trace = new EventTrace(recorder);

        await recorder.Start();
        await trace.First<Stopped>();

        trace.Text.ShouldBe("start inactive, dataavailable inactive, stop inactive");
    }

    [Fact]
    public async Task A_handler_may_restart_the_recorder_and_dispose_of_it()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        var recordings = new List<RecordingId>();
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.Stopped += async (_, stopped) =>
        {
            recordings.Add(stopped.Recording);
            if (recordings.Count == 1)
            {
                await recorder.Start();
                return;
            }

            await recorder.DisposeAsync();
            disposed.SetResult();
        };

        await recorder.Start();
        await disposed.Task.WaitAsync(TimeSpan.FromSeconds(10));

        recordings.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_that_blocks_delays_no_call()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        using var release = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.Started += (_, _) =>
        {
            blocked.SetResult();
            release.Wait(TimeSpan.FromSeconds(10));
        };
        var trace = new EventTrace(recorder);

        await recorder.Start();
        await blocked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await recorder.Stop();
        recorder.State.ShouldBe(RecorderState.Inactive);
        release.Set();

        await trace.First<Stopped>();
    }
}
