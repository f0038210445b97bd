using Recorder.ActorKernel.Dispatch;

namespace Recorder.ActorKernel;

/// <summary>The clock of a scheduler.</summary>
public interface ITimeProvider
{
    /// <summary>Now.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Time since some moment; never steps back.</summary>
    TimeSpan MonotonicClock { get; }

    /// <summary>The same, as fine as the machine can.</summary>
    TimeSpan HighResMonotonicClock { get; }
}

/// <summary>A clock that says now.</summary>
public interface IDateTimeOffsetNowTimeProvider : ITimeProvider;

/// <summary>Sends messages later.</summary>
public interface ITellScheduler
{
    /// <summary>Sends a message once.</summary>
    /// <param name="delay">After how long.</param>
    /// <param name="receiver">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="sender">From whom.</param>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender);

    /// <summary>Sends a message once, unless cancelled before.</summary>
    /// <param name="delay">After how long.</param>
    /// <param name="receiver">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="cancelable">Cancels it.</param>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable);

    /// <summary>Sends a message again and again.</summary>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="receiver">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="sender">From whom.</param>
    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender);

    /// <summary>Sends a message again and again, until cancelled.</summary>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="receiver">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="cancelable">Cancels it.</param>
    void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable);
}

/// <summary>Runs things later.</summary>
public interface IRunnableScheduler
{
    /// <summary>Runs once.</summary>
    /// <param name="delay">After how long.</param>
    /// <param name="action">What.</param>
    void ScheduleOnce(TimeSpan delay, IRunnable action);

    /// <summary>Runs once, unless cancelled before.</summary>
    /// <param name="delay">After how long.</param>
    /// <param name="action">What.</param>
    /// <param name="cancelable">Cancels it.</param>
    void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable);

    /// <summary>Runs again and again.</summary>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="action">What.</param>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action);

    /// <summary>Runs again and again, until cancelled.</summary>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="action">What.</param>
    /// <param name="cancelable">Cancels it.</param>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable);
}

/// <summary>Runs actions later. They run on a thread of their own, not in an actor: prefer a message.</summary>
public interface IActionScheduler : IRunnableScheduler
{
    /// <summary>Runs once.</summary>
    /// <param name="delay">After how long.</param>
    /// <param name="action">What.</param>
    void ScheduleOnce(TimeSpan delay, Action action);

    /// <summary>Runs once, unless cancelled before.</summary>
    /// <param name="delay">After how long.</param>
    /// <param name="action">What.</param>
    /// <param name="cancelable">Cancels it.</param>
    void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable);

    /// <summary>Runs again and again.</summary>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="action">What.</param>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action);

    /// <summary>Runs again and again, until cancelled.</summary>
    /// <param name="initialDelay">After how long first.</param>
    /// <param name="interval">How often then.</param>
    /// <param name="action">What.</param>
    /// <param name="cancelable">Cancels it.</param>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable);
}

/// <summary>Runs actions and runnables later.</summary>
public interface IAdvancedScheduler : IActionScheduler;

/// <summary>Sends messages later, and tells the time.</summary>
public interface IScheduler : ITellScheduler, ITimeProvider
{
    /// <summary>Runs actions later.</summary>
    IAdvancedScheduler Advanced { get; }
}

/// <summary>Something that can be cancelled.</summary>
public interface ICancelable
{
    /// <summary>Whether it was.</summary>
    bool IsCancellationRequested { get; }

    /// <summary>A token that is cancelled with it.</summary>
    CancellationToken Token { get; }

    /// <summary>Cancels.</summary>
    void Cancel();

    /// <summary>Cancels.</summary>
    /// <param name="throwOnFirstException">Whether what a callback throws ends the cancelling at once.</param>
    void Cancel(bool throwOnFirstException);

    /// <summary>Cancels later.</summary>
    /// <param name="delay">After how long.</param>
    void CancelAfter(TimeSpan delay);

    /// <summary>Cancels later.</summary>
    /// <param name="millisecondsDelay">After how many milliseconds.</param>
    void CancelAfter(int millisecondsDelay);
}
