namespace Recorder.ActorKernel;

public partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ICancelable? _pendingTimeout;

    /// <inheritdoc/>
    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    /// <inheritdoc/>
    public void SetReceiveTimeout(TimeSpan? timeout = null)
    {
        _receiveTimeout = timeout;
        if (timeout is null)
            CancelReceiveTimeout();
    }

    /// <summary>Begins to wait for silence, when asked to and nothing else waits.</summary>
    /// <param name="reschedule">Whether to begin again when already waiting.</param>
    public void CheckReceiveTimeout(bool reschedule = true)
    {
        if (_receiveTimeout is not { } timeout || _mailbox.HasMessages || _runs > 0)
        {
            CancelReceiveTimeout();
            return;
        }

        if (!reschedule && _pendingTimeout is not null)
            return;
        CancelReceiveTimeout();
        if (timeout < TimeSpan.Zero)
            return;
        var pending = new Cancelable(SystemImpl.Scheduler);
        _pendingTimeout = pending;
        SystemImpl.Scheduler.ScheduleTellOnce(timeout, _self, ActorKernel.ReceiveTimeout.Instance, _self, pending);
    }

    private void CancelReceiveTimeout()
    {
        _pendingTimeout?.Cancel();
        _pendingTimeout = null;
    }

    private void InvokeWithTimeout(object message)
    {
        var influences = (message is TimerMessage timer ? timer.Message : message) is not INotInfluenceReceiveTimeout;
        if (influences)
            CancelReceiveTimeout();
        try
        {
            InvokeByType(message, message.GetType());
        }
        finally
        {
            CheckReceiveTimeout(influences);
        }
    }
}
