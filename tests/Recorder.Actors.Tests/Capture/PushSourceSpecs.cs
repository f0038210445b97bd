using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>A sender that is faster than the subscribers.</summary>
public sealed class PushSourceSpecs : TestKit, IClassFixture<MediaFiles>
{
    private const int Frames = 75;

    private readonly MediaFiles _files;
    private readonly CaptureOptions _options = new() { SubscriberLimit = 8 << 20 };
    private readonly IActorRef _sources;

    public PushSourceSpecs(MediaFiles files)
        : base(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF"))
    {
        _files = files;
        _sources = Sys.ActorOf(SourcesActor.PropsFor(_options, NullLoggerFactory.Instance, TimeProvider.System), "sources");
    }

    [Fact]
    public async Task A_sender_that_is_too_fast_waits_and_loses_nothing()
    {
        var recorder = Attach();
        var sent = SendAsync();

        var packets = 0;
        while (packets < Frames)
        {
            var arrived = (MediaArrived)recorder.FishForMessage(message => message is MediaArrived or MediaDropped, TimeSpan.FromSeconds(10));
            packets += arrived.Batch.Count;
            await Task.Delay(5);
            arrived.Done();
        }

        packets.ShouldBe(Frames);
        (await sent.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeNull();
    }

    [Fact]
    public async Task A_subscriber_that_takes_nothing_is_waited_for_once_and_the_others_lose_nothing()
    {
        var (recorder, stuck) = (Attach(), Attach());
        var sent = SendAsync();

        var packets = 0;
        while (packets < Frames)
        {
            var arrived = (MediaArrived)recorder.FishForMessage(message => message is MediaArrived or MediaDropped, TimeSpan.FromSeconds(10));
            packets += arrived.Batch.Count;
            arrived.Done();
        }

        packets.ShouldBe(Frames);
        (await sent.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeNull();
        var taken = 0;
        while (stuck.HasMessages)
            taken += stuck.ReceiveOne(TimeSpan.Zero) is MediaArrived { Batch: var batch } ? batch.Count : 0;

        taken.ShouldBeLessThan(packets);
    }

    private TestProbe Attach()
    {
        var probe = CreateTestProbe();
        probe.Send(_sources, new Attach(SourceUri.Parse("push:studio")));
        return probe;
    }

    private async Task<string?> SendAsync()
    {
        using var session = _options.Streams.TryBegin("studio")!;
        var refusal = await session.WriteAsync(await File.ReadAllBytesAsync(_files.Dense), default);
        return refusal ?? await session.DrainAsync(TimeSpan.FromSeconds(20), TimeProvider.System, default);
    }
}
