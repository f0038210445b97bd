namespace Recorder.ActorKernel.Tests;

public class LoggingSpecs : EngineSpec
{
    public LoggingSpecs()
        : base($"akka.loggers = [\"{typeof(Forwarding).AssemblyQualifiedName}\"]")
    {
    }

    private sealed record SendTo(IActorRef Who);

    public sealed class Forwarding : UntypedActor
    {
        private IActorRef? _to;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case InitializeLogger initialize:
                    initialize.LoggingBus.Subscribe(Self, typeof(SendTo));
                    Sender.Tell(new LoggerInitialized());
                    break;
                case SendTo to:
                    _to = to.Who;
                    _to.Tell("ready");
                    break;
                case LogEvent log when log.LogSource == "spec":
                    _to?.Tell(log.Message);
                    break;
            }
        }
    }

    private void PublishAll()
    {
        Sys.EventStream.Publish(new Debug("spec", typeof(LoggingSpecs), "debug"));
        Sys.EventStream.Publish(new Info("spec", typeof(LoggingSpecs), "info"));
        Sys.EventStream.Publish(new Warning("spec", typeof(LoggingSpecs), "warning"));
        Sys.EventStream.Publish(new Error(null, "spec", typeof(LoggingSpecs), "error"));
    }

    [Fact]
    public void A_logger_gets_what_the_level_lets_through_also_when_the_level_changes()
    {
        Sys.EventStream.Publish(new SendTo(TestActor));
        ExpectMsg("ready");

        PublishAll();
        ReceiveN(3).ShouldBe(["info", "warning", "error"]);
        Sys.EventStream.SetLogLevel(LogLevel.WarningLevel);
        PublishAll();
        ReceiveN(2).ShouldBe(["warning", "error"]);
        Sys.EventStream.SetLogLevel(LogLevel.DebugLevel);
        PublishAll();
        ReceiveN(4).ShouldBe(["debug", "info", "warning", "error"]);
    }

    [Fact]
    public void Who_logs_is_named_by_path_or_by_type_and_system()
    {
        var actor = Sys.ActorOf(Props.Empty, "somebody");

        LogSource.Create(actor, Sys).Source.ShouldBe($"akka://{Sys.Name}/user/somebody");
        LogSource.Create("name", Sys).Source.ShouldBe($"name (akka://{Sys.Name})");
        LogSource.Create(typeof(LoggingSpecs), Sys).Source.ShouldBe($"LoggingSpecs (akka://{Sys.Name})");
        LogSource.Create(this, Sys).Source.ShouldBe($"LoggingSpecs (akka://{Sys.Name})");
        LogSource.Create(this, Sys).Type.ShouldBe(typeof(LoggingSpecs));
        LogSource.Create("name").Source.ShouldBe("name");
    }

    [Fact]
    public void The_configuration_can_be_logged_at_the_start()
    {
        using var system = ActorSystem.Create(
            "loud", ConfigurationFactory.ParseString("akka.log-config-on-start = on").WithFallback(Sys.Settings.Config));

        system.Settings.ToString().ShouldContain("log-config-on-start : on");
    }
}
