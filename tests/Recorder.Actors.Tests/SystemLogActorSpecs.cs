using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Tests;

/// <summary>What the actor system says of itself reaches the node's log.</summary>
public sealed class SystemLogActorSpecs : TestKit, ILogger
{
    [Fact]
    public void An_actor_that_throws_is_logged_as_an_error_with_its_exception_and_path()
    {
        Start();
        var failing = Sys.ActorOf(Props.Create(() => new Failing()), "failing");
        failing.Tell("fail");

        var line = FishForMessage(message => message is Line { Exception: not null }).ShouldBeOfType<Line>();
        line.Level.ShouldBe(Microsoft.Extensions.Logging.LogLevel.Error);
        line.Exception.ShouldBeOfType<InvalidOperationException>();
        line.Text.ShouldContain("/user/failing");
    }

    [Fact]
    public void A_message_that_nobody_got_is_logged_at_debug_level_without_what_is_in_it()
    {
        Start();
        Sys.DeadLetters.Tell(new Secret("rtsp://user:password@camera"));

        var line = FishForMessage(message => message is Line { Level: Microsoft.Extensions.Logging.LogLevel.Debug }).ShouldBeOfType<Line>();
        line.Text.ShouldContain(nameof(Secret));
        line.Text.ShouldNotContain("password");
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        TestActor.Tell(new Line(logLevel, exception, formatter(state, exception)));

    // It has subscribed when it answers.
    private void Start()
    {
        var log = Sys.ActorOf(SystemLogActor.PropsFor(this), "log");
        log.Ask<ActorIdentity>(new Identify(1)).Result.Subject.ShouldBe(log);
    }

    private sealed record Line(Microsoft.Extensions.Logging.LogLevel Level, Exception? Exception, string Text);

    private sealed record Secret(string Text);

    private sealed class Failing : ReceiveActor
    {
        public Failing() => ReceiveAny(_ => throw new InvalidOperationException("It broke."));
    }
}
