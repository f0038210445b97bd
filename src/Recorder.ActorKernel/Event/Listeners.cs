namespace Recorder.ActorKernel.Event;

/// <summary>
/// Logs dead letters, dropped and unhandled messages: <c>akka.log-dead-letters</c> of them, then none for
/// <c>akka.log-dead-letters-suspend-duration</c>, then again.
/// </summary>
public class DeadLetterListener : ActorBase
{
    private readonly EventStream _eventStream = Context.System.EventStream;
    private readonly int _limit = Context.System.Settings.LogDeadLetters;
    private readonly TimeSpan _pause = Context.System.Settings.LogDeadLettersSuspendDuration;
    private int _count;
    private TimeSpan? _silentUntil;

    /// <summary>What it listens to; its system subscribes it, so that nothing is missed until it has started.</summary>
    internal static IReadOnlyList<Type> Channels { get; } = [typeof(DeadLetter), typeof(Dropped), typeof(UnhandledMessage)];

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        // the subscriptions outlive a failure
    }

    /// <inheritdoc/>
    protected override void PostStop() => _eventStream.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter)
            return false;
        if (letter.Message is IDeadLetterSuppression)
            return true;
        _count = _count == int.MaxValue ? 1 : _count + 1;
        if (_silentUntil is { } until)
            EndSilence(letter, until);
        else if (_limit == int.MaxValue || _count < _limit)
            Log(letter, "");
        else
            LogLast(letter);
        return true;
    }

    private void EndSilence(AllDeadLetters letter, TimeSpan until)
    {
        if (Context.System.Scheduler.MonotonicClock < until)
            return;
        Log(letter, $", of which {_count - _limit - 1} were not logged. The counter will be reset now");
        _count = 0;
        _silentUntil = null;
    }

    private void LogLast(AllDeadLetters letter)
    {
        if (_pause == Timeout.InfiniteTimeSpan)
        {
            Log(letter, ", no more dead letters will be logged");
            Context.Stop(Self);
            return;
        }

        Log(letter, $", no more dead letters will be logged in next [{_pause}]");
        _silentUntil = Context.System.Scheduler.MonotonicClock + _pause;
    }

    private void Log(AllDeadLetters letter, string counted)
    {
        var content = WrappedMessage.Unwrap(letter.Message);
        var wrapped = letter.Message is IWrappedMessage ? $" wrapped in [{letter.Message.GetType().Name}]" : "";
        var what = $"Message [{content.GetType().Name}]{wrapped}{(IsReal(letter.Sender) ? $" from {letter.Sender}" : "")}";
        var to = IsReal(letter.Recipient) ? $" to {letter.Recipient}" : "";
        var fate = letter switch
        {
            Dropped dropped => $"{to} was dropped. {dropped.Reason}.",
            UnhandledMessage => $"{to} was unhandled.",
            _ => $" to {letter.Recipient} was not delivered.",
        };
        var hint = letter is DeadLetter
            ? $" If this is not an expected behavior then {letter.Recipient} may have terminated unexpectedly."
            : "";
        _eventStream.Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"{what}{fate} [{_count}] dead letters encountered{counted}.{hint} This logging can be turned off or adjusted with "
                + "configuration settings 'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'. "
                + $"Message content: {content}"));
    }

    private static bool IsReal(IActorRef? actor) => actor is not null and not DeadLetterActorRef;
}

/// <summary>Logs unhandled messages at debug level.</summary>
internal sealed class UnhandledMessageForwarder : ActorBase
{
    protected override bool Receive(object message)
    {
        if (message is not UnhandledMessage unhandled)
            return false;
        Context.System.EventStream.Publish(new Debug(
            unhandled.Recipient.Path.ToString(),
            unhandled.Recipient.GetType(),
            $"Unhandled message from {unhandled.Sender} : {unhandled.Message}"));
        return true;
    }
}
