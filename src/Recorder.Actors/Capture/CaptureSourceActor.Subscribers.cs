using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

/// <summary>Who wants the media, or only to know what there is.</summary>
internal sealed partial class CaptureSourceActor
{
    private static readonly TimeSpan LongestCredit = TimeSpan.FromSeconds(2);

    private long _unacknowledged;
    private bool _isLate;

    private void OnAttach(Attach attach)
    {
        if (!_flow.CanJoin)
        {
            Context.Parent.Tell(new SourcesActor.Superseded(attach, Self), Sender);
            if (_describers.Remove(Sender))
            {
                Context.Parent.Tell(new Describe(_source), Sender);
            }

            return;
        }

        Context.Watch(Sender);
        Timers.Cancel(LingerOver.Instance);
        _flow.Add(Sender, attach.Attachment, _state.Phase == SourcePhase.Running);
        if (_state is { Phase: SourcePhase.Waiting or SourcePhase.Opening, Connecting: { } connecting })
        {
            _flow.Tell(Sender, connecting);
        }

        OpenOrRetire();
        Pump();
    }

    private void OnDescribe(Describe describe)
    {
        Context.Watch(Sender);
        _describers.Add(Sender);
        // Never ended for good: whoever attaches has it opened anew, from its beginning.
        Sender.Tell(new Described(_known, Ended: false));
    }

    private void Leave(IActorRef who)
    {
        Context.Unwatch(who);
        _describers.Remove(who);
        var left = _flow.Remove(who);
        if (_flow.Subscribers > 0)
        {
            // The slowest may have been the one that left.
            Pump();
        }
        else if (left && _source.Kind is SourceKind.Network or SourceKind.Device or SourceKind.Push)
        {
            Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, _services.Options.Linger);
        }
        else if (left || _state.Phase is SourcePhase.Closed or SourcePhase.Over)
        {
            CloseIfUnwanted();
        }
    }

    private void Known()
    {
        _known = _flow.Tracks;
        foreach (var describer in _describers)
        {
            describer.Tell(new Described(_known, Ended: false));
        }
    }

    // The reader of a sender's stream waits while a subscriber has no credit, and the sender with it: what was sent too fast is late, not lost.
    // One that takes no more at all is waited for once; then it loses groups of pictures as with any live source.
    private void Acknowledge(long bytes)
    {
        _isLate &= !_flow.HasCredit;
        if (_source.WaitsForSubscribers && !_isLate && _flow.Subscribers > 0 && _flow.WaitForCredit())
        {
            _unacknowledged += bytes;
            Timers.StartSingleTimer(CreditIsLate.Instance, CreditIsLate.Instance, LongestCredit);
        }
        else
        {
            _live!.Taken(bytes);
        }
    }

    private void ReadOnFromSender()
    {
        Timers.Cancel(CreditIsLate.Instance);
        _live?.Taken(_unacknowledged);
        _unacknowledged = 0;
    }

    private sealed record CreditIsLate
    {
        public static readonly CreditIsLate Instance = new();
    }

    private sealed record LingerOver
    {
        public static readonly LingerOver Instance = new();
    }
}
