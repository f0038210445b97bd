using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Internal;

public partial class ActorSystemImpl
{
    private IActorRef? _deadLetterListener;

    private void StartLoggers()
    {
        EventStream.StartDefaultLoggers(this);
        if (Settings.DebugUnhandledMessage)
            EventStream.Subscribe(SystemActorOf<UnhandledMessageForwarder>("UnhandledMessageForwarder"), typeof(UnhandledMessage));
        if (Settings.LogDeadLetters > 0)
        {
            _deadLetterListener = SystemActorOf<DeadLetterListener>("deadLetterListener");
            foreach (var channel in DeadLetterListener.Channels)
                EventStream.Subscribe(_deadLetterListener, channel);
        }
    }
}
