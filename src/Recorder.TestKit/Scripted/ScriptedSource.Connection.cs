using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <content>The connection: refused, lost, restored, ended, failed.</content>
public sealed partial class ScriptedSource
{
    private bool _opens = true;
    private bool _ended;
    private MediaError? _refusal;
    private DateTimeOffset? _lostAt;

    /// <summary>Makes the source unreachable. Recorders that open it learn the cause and wait.</summary>
    /// <param name="cause">One sentence, as in an error message.</param>
    public void RefuseConnection(string cause)
    {
        _opens = false;
        Tell(new SourceConnecting(1, cause, TimeSpan.FromSeconds(1)));
    }

    /// <summary>Makes the source reachable again. Recorders that wait for it are connected.</summary>
    public void AllowConnection()
    {
        _opens = true;
        using (_world.Order.Gather())
        {
            Describe();
            foreach (var subscriber in _subscribers.Waiting)
                Open(subscriber);
        }

        _world.Settle();
    }

    /// <summary>Breaks the connection: media stops, and recorders are told. <see cref="Restore"/> connects again.</summary>
    /// <param name="cause">One sentence, as in an error message.</param>
    public void Lose(string cause = "The connection was lost.")
    {
        (_playing, _lostAt) = (false, _world.Clock.GetUtcNow());
        Tell(new SourceLost(_lostAt.Value, cause));
    }

    /// <summary>Ends <see cref="Lose"/>. Media continues on the same timeline, beginning with a key frame.</summary>
    /// <exception cref="InvalidOperationException">The connection is not lost.</exception>
    public void Restore()
    {
        var lostAt = _lostAt
            ?? throw new InvalidOperationException($"The source '{Name}' is not lost; call Lose() before Restore().");
        _lostAt = null;
        Play();
        Tell(new SourceRestored(lostAt, _world.Clock.GetUtcNow()));
    }

    /// <summary>Ends all tracks, and with them the source.</summary>
    public void End()
    {
        (_ended, _playing) = (true, false);
        Tell(new SourceEnded("The source ended."));
        Describe();
    }

    /// <summary>Fails for good: no recorder tries to reconnect.</summary>
    /// <param name="name">The name of the error that recorders raise.</param>
    /// <param name="message">The message of the error.</param>
    public void Fail(ErrorName name, string message)
    {
        _playing = false;
        Tell(new SourceFailed(new MediaError(name, message)));
    }

    /// <summary>Forbids access with a <see cref="ErrorName.SecurityError"/>: starts are refused, and recordings end.</summary>
    /// <param name="message">The message of the error.</param>
    public void Forbid(string message = "Access to the source is not allowed.")
    {
        _refusal = new MediaError(ErrorName.SecurityError, message);
        Describe();
        Fail(ErrorName.SecurityError, message);
    }

    /// <summary>Kills the actor that captures the source, without a message to recorders.</summary>
    public void Crash()
    {
        _playing = false;
        _world.Sys.Stop(Actor);
        _world.Settle();
        _subscribers.Clear();
        Actor = _world.Sys.ActorOf(Props.Create(() => new ScriptedSourceActor(this)));
    }

    private Described Known() => new(_opens ? Describe(_players) : null, _ended, _refusal);

    private void Describe() => _subscribers.Describe(Known(), Actor);

    private void Open(ScriptedSubscribers.Subscriber subscriber)
    {
        subscriber.IsOpen = true;
        RequestKeyFrame();
        SourceMessage message = _refusal is { } refusal ? new SourceFailed(refusal)
            : _ended ? new SourceEnded("The source has ended.")
            : new SourceOpened(Describe(_players));
        subscriber.Tell(message, Actor);
    }
}
