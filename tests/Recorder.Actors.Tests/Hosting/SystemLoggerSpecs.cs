using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Tests.Hosting;

/// <summary>
/// The node's log gets the errors, warnings and dead letters of an actor system that Recorder created, and nothing else.
/// </summary>
public sealed class SystemLoggerSpecs : IAsyncLifetime
{
    private readonly RecordingLoggers _loggers = new();
    private ActorSystem _system = null!;

    public Task InitializeAsync()
    {
        _system = ActorSystem.Create("spec", SystemConfiguration.Own);
        SystemConfiguration.StartLogger(_system, _loggers);
        // The logger has subscribed once it answers.
        return _system.ActorSelection("/user/log").Ask<ActorIdentity>(new Identify(1));
    }

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task An_actor_that_throws_is_logged_as_an_error_with_its_exception_and_path()
    {
        _system.ActorOf(Props.Create(() => new Failing()), "failing").Tell("fail");

        var line = await _loggers.FirstAsync(it => it.Exception is not null);
        line.Level.ShouldBe(LogLevel.Error);
        line.Exception.ShouldBeOfType<InvalidOperationException>();
        line.Text.ShouldContain("/user/failing");
    }

    [Fact]
    public async Task A_dead_letter_is_logged_at_debug_level_without_its_content()
    {
        _system.DeadLetters.Tell(new Secret("rtsp://user:password@camera"));

        var line = await _loggers.FirstAsync(it => it.Text.Contains(nameof(Secret), StringComparison.Ordinal));
        line.Level.ShouldBe(LogLevel.Debug);
        line.Text.ShouldNotContain("password");
    }

    private sealed record Secret(string Text);

    private sealed class Failing : ReceiveActor
    {
        public Failing() => ReceiveAny(_ => throw new InvalidOperationException("It broke."));
    }
}
