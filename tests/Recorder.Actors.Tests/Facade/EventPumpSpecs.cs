using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Facade;

/// <summary>Events whose handlers take too long.</summary>
public sealed class EventPumpSpecs
{
    [Fact]
    public async Task Only_dataavailable_is_skipped_and_counted_when_too_many_events_wait()
    {
        var (id, at, log) = (new RecorderId("cam"), DateTimeOffset.UnixEpoch, new LogSink());
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var raised = new List<IEvent>();
        var pump = new EventPump(
            id,
            happened =>
            {
                raised.Add(happened);
                if (happened is Started)
                {
                    entered.Release();
                    release.Wait(TimeSpan.FromSeconds(10));
                }
            },
            log);
        pump.Post(new Started(id, 1, at, new RecordingId("r"), ""), null);
        (await entered.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        for (var number = 1; number <= EventPump.Limit + 6; number++)
            pump.Post(new DataAvailable(id, 1 + number, at, BlobReaderSpecs.Blob(number), TimeSpan.Zero), null);
        pump.Post(new Stopped(id, 9999, at, new RecordingId("r"), StopReason.Requested), null);
        release.Release();
        pump.Complete();
        await pump.Completion;

        raised.Count.ShouldBe(1 + EventPump.Limit + 1);
        raised[^1].ShouldBeOfType<Stopped>();
        log.Errors.ShouldHaveSingleItem().ShouldContain("6 dataavailable events were skipped");
    }
}
