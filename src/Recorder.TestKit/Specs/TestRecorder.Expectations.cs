using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing;

/// <content>The expectations: each looks at the recorder's next event.</content>
public sealed partial class TestRecorder
{
    private int _next;

    /// <summary>Sends a command and expects that it is refused.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The expected name of the error.</param>
    /// <returns>The error.</returns>
    /// <exception cref="SpecFailedException">The command was accepted, or refused with another error.</exception>
    public MediaError ExpectRefused(ICommand command, ErrorName name)
    {
        var reply = Send(command);
        return reply is Refused refused && refused.Error.Name == name
            ? refused.Error
            : throw Failed($"{command} refused with {name}", $"the answer was {reply}");
    }

    /// <summary>Expects that the next event has a given type.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="where">A condition that the event must meet; null for none.</param>
    /// <param name="what">The condition in words, for the failure message.</param>
    /// <returns>The event.</returns>
    /// <exception cref="SpecFailedException">The next event is another one, or there is none.</exception>
    public T Expect<T>(Func<T, bool>? where = null, string what = "")
        where T : IEvent
    {
        _world.Settle();
        while (_next < _events.Count && IsExtra(_events[_next]) && _events[_next] is not T)
            _next++;

        var expected = $"{typeof(T).Name}{(what.Length > 0 ? " with " + what : "")}";
        if (_next == _events.Count)
            throw Failed(expected, "there was no event");

        if (_events[_next] is not T found || where?.Invoke(found) == false)
            throw Failed(expected, $"the next event was {EventText.Of(_events[_next])}");

        _next++;
        return found;
    }

    /// <summary>Expects that the next event is <c>start</c>.</summary>
    public Started ExpectStarted() => Expect<Started>();

    /// <summary>Expects that the next event is <c>pause</c>.</summary>
    public Paused ExpectPaused() => Expect<Paused>();

    /// <summary>Expects that the next event is <c>resume</c>.</summary>
    public Resumed ExpectResumed() => Expect<Resumed>();

    /// <summary>Expects that the next event is <c>dataavailable</c>.</summary>
    /// <param name="mediaTime">Where the blob begins on the recording's timeline; null for anywhere.</param>
    /// <param name="duration">The blob's media time; null for any.</param>
    /// <param name="empty">Whether the blob is empty; null for either.</param>
    /// <returns>The blob.</returns>
    public Blob ExpectBlob(TimeSpan? mediaTime = null, TimeSpan? duration = null, bool? empty = null) =>
        Expect<DataAvailable>(
            data => (mediaTime ?? data.Data.MediaTime) == data.Data.MediaTime
                && (duration ?? data.Data.Duration) == data.Data.Duration
                && (empty ?? (data.Data.Length == 0)) == (data.Data.Length == 0),
            Words(("media time", mediaTime), ("duration", duration), ("empty", empty))).Data;

    /// <summary>Expects that the next event is <c>error</c>.</summary>
    /// <param name="name">The expected name of the error.</param>
    /// <returns>The error.</returns>
    public MediaError ExpectError(ErrorName name) =>
        Expect<ErrorRaised>(raised => raised.Error.Name == name, name.ToString()).Error;

    /// <summary>Expects that the next event is <c>gap</c>.</summary>
    /// <param name="cause">The cause of the gap; null for any.</param>
    /// <param name="duration">The length of the gap; null for any.</param>
    /// <returns>The event.</returns>
    public GapRecorded ExpectGap(GapCause? cause = null, TimeSpan? duration = null) =>
        Expect<GapRecorded>(
            gap => (cause ?? gap.Cause) == gap.Cause && (duration ?? gap.Duration) == gap.Duration,
            Words(("cause", cause), ("duration", duration)));

    /// <summary>Expects that the next event is <c>source</c>; others that the specification does not have are skipped.</summary>
    /// <param name="status">The status of the source.</param>
    /// <returns>The event.</returns>
    public SourceChanged ExpectSource(SourceStatus status) =>
        Expect<SourceChanged>(source => source.Status == status, status.ToString());

    /// <summary>Expects that the next event is <c>stop</c>.</summary>
    /// <param name="reason">Why the recording ended; null for any reason.</param>
    /// <param name="duration">Media time recorded; null for any.</param>
    /// <returns>The event.</returns>
    public Stopped ExpectStopped(StopReason? reason = null, TimeSpan? duration = null) =>
        Expect<Stopped>(
            stop => (reason ?? stop.Reason) == stop.Reason && (duration ?? stop.Duration) == stop.Duration,
            Words(("reason", reason), ("duration", duration)));

    /// <summary>Expects that the next event is <c>storage</c>; others that the specification does not have are skipped.</summary>
    /// <param name="status">The status of the volume.</param>
    /// <returns>The event.</returns>
    public StorageChanged ExpectStorage(StorageStatus status) =>
        Expect<StorageChanged>(storage => storage.Status == status, status.ToString());

    /// <summary>Expects that there is no further event.</summary>
    /// <exception cref="SpecFailedException">There is one.</exception>
    public void ExpectNoEvent()
    {
        _world.Settle();
        if (_events.Skip(_next).FirstOrDefault(raised => !IsExtra(raised)) is { } unexpected)
            throw Failed("no event", $"the next event was {EventText.Of(unexpected)}");
    }

    // Events that the specification does not have; they may come at any time between the others.
    private static bool IsExtra(IEvent raised) => raised is SourceChanged or BlobDurable or StorageChanged or ClockChanged or LateMedia;

    private static string Words(params (string Name, object? Value)[] conditions) =>
        string.Join(", ", conditions
            .Where(condition => condition.Value is not null)
            .Select(condition => $"{condition.Name} {condition.Value}"));
}
