using Akka.Actor;

namespace CameraSpecs;

public class ProbeSpecs : RecorderSpec
{
    [Fact]
    public void A_probe_hears_of_each_blob()
    {
        var recorder = CreateRecorder(Source());
        var probe = CreateTestProbe();
        World.Events.Tell(new EventsProtocol.Subscribe(recorder.Id, typeof(RecorderProtocol.DataAvailable)), probe);
        probe.ExpectMsg<EventsProtocol.Subscribed>();

        recorder.Start(timeslice: TimeSpan.FromSeconds(1));
        Clock.Advance(TimeSpan.FromSeconds(1.5));

        probe.ExpectMsg<RecorderProtocol.DataAvailable>(data => data.Data.Duration >= TimeSpan.FromSeconds(1));
        probe.ExpectNoMsg(TimeSpan.FromHours(1));
    }
}
