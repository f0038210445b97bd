namespace Recorder.ActorKernel.Event;

/// <summary>Logs dead letters, up to <c>akka.log-dead-letters</c> of them.</summary>
public class DeadLetterListener : ActorBase
{
    private int _count;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        Context.System.EventStream.Subscribe(Self, typeof(Dropped));
    }

    /// <inheritdoc/>
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter)
            return false;
        var limit = Context.System.Settings.LogDeadLetters;
        if (++_count > limit)
            return true;
        var last = _count == limit && limit != int.MaxValue ? ", no more dead letters will be logged" : "";
        var why = letter is Dropped dropped ? $"was dropped: {dropped.Reason}" : "was not delivered";
        Context.System.EventStream.Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} {why}. [{_count}] dead letters encountered{last}. This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'. Message content: {letter.Message}"));
        return true;
    }
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
