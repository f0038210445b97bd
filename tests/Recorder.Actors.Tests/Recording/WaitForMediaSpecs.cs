using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Recording;

/// <summary>How long a recorder waits for its first media, in virtual time.</summary>
public sealed class WaitForMediaSpecs() : RecorderSpecs("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    [Fact]
    public void An_open_source_may_take_longer_to_its_first_key_frame_than_the_open_timeout()
    {
        Create();
        Start();
        Advance(60);
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
    }

    [Fact]
    public void A_source_that_is_lost_before_its_first_key_frame_is_an_error_with_its_cause()
    {
        Create();
        Start();
        FromSource(new CaptureProtocol.SourceLost(DateTimeOffset.UnixEpoch, "The camera closed the stream."));
        Advance(11);

        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldBe("The camera closed the stream.");
        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>();
    }

    [Fact]
    public void A_source_that_comes_back_before_its_first_key_frame_is_waited_for()
    {
        Create(new RecorderOptions { LossTimeout = TimeSpan.FromSeconds(20) });
        Start();
        var from = DateTimeOffset.UnixEpoch;
        FromSource(new CaptureProtocol.SourceLost(from, "silence"));
        Advance(15);
        FromSource(new CaptureProtocol.SourceRestored(from, from.AddSeconds(15)));
        Advance(15);
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
    }

    private void Advance(double seconds)
    {
        // Messages sent before are handled before the time passes.
        Tell(new GetStatus(Id));
        ExpectMsg<Status>();
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));
    }
}
