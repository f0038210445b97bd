namespace Recorder.ActorKernel.Tests;

public class AskTimeoutSpecs : EngineSpec
{
    public AskTimeoutSpecs()
        : base("akka.actor.ask-timeout = 30ms")
    {
    }

    [Fact]
    public async Task Without_a_timeout_the_configured_one_counts_and_is_named()
    {
        var silent = Sys.ActorOf(c => c.ReceiveAny((_, _) => { }));

        var failure = await Should.ThrowAsync<AskTimeoutException>(() => silent.Ask<string>("anything"));

        failure.Message.ShouldBe("Timeout after 0.03 seconds");
    }
}
