using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Testing;

/// <summary>Filters that mute from now on; published to the event stream. <see cref="TestEventListener"/> obeys.</summary>
public sealed class Mute : INoSerializationVerificationNeeded
{
    /// <summary>Mutes.</summary>
    /// <param name="filters">What.</param>
    public Mute(params EventFilterBase[] filters) => Filters = filters;

    /// <summary>Mutes.</summary>
    /// <param name="filters">What.</param>
    public Mute(IReadOnlyCollection<EventFilterBase> filters) => Filters = filters;

    /// <summary>What is muted.</summary>
    public IReadOnlyCollection<EventFilterBase> Filters { get; }
}

/// <summary>Filters that mute no more; published to the event stream. <see cref="TestEventListener"/> obeys.</summary>
public sealed class Unmute : INoSerializationVerificationNeeded
{
    /// <summary>Unmutes.</summary>
    /// <param name="filters">What.</param>
    public Unmute(params EventFilterBase[] filters) => Filters = filters;

    /// <summary>Unmutes.</summary>
    /// <param name="filters">What.</param>
    public Unmute(IReadOnlyCollection<EventFilterBase> filters) => Filters = filters;

    /// <summary>What is muted no more.</summary>
    public IReadOnlyCollection<EventFilterBase> Filters { get; }
}

/// <summary>
/// A logger that prints what no filter of the test has muted; name it in <c>akka.loggers</c>. It shows dead letters and
/// unhandled messages as well. A kit installs none: its filters count by themselves.
/// </summary>
public class TestEventListener : DefaultLogger
{
    private readonly List<EventFilterBase> _muted = [];

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (var channel in (Type[])[typeof(Mute), typeof(Unmute), typeof(DeadLetter), typeof(UnhandledMessage)])
                    initialize.LoggingBus.Subscribe(Self, channel);
                return base.Receive(message);
            case Mute mute:
                _muted.AddRange(mute.Filters);
                return true;
            case Unmute unmute:
                foreach (var filter in unmute.Filters)
                    _muted.Remove(filter);
                return true;
            case DeadLetter { Message: Terminate }:
                return true;
            case DeadLetter dead:
                Show(EventCounter.AsLogEvent(dead), $"Received dead letter from {dead.Sender}: {dead.Message}");
                return true;
            case UnhandledMessage unhandled:
                Show(EventCounter.AsLogEvent(unhandled), null);
                return true;
            case LogEvent log:
                Show(log, null);
                return true;
            default:
                return base.Receive(message);
        }
    }

    // A dead letter can be muted by what it is and by what would be printed of it.
    private void Show(LogEvent? log, string? text)
    {
        if (log is null || IsMuted(log))
            return;
        var shown = text is null ? log : new Warning(log.LogSource, log.LogClass, text);
        if (!IsMuted(shown))
            Print(shown);
    }

    private bool IsMuted(LogEvent log) => _muted.Exists(filter => filter.Matches(log));
}
