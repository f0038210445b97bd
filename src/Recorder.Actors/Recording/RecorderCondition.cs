using Akka.Event;
using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// How a recorder does at one moment, for whoever watches many at once. Answers <see cref="RecorderControl.GetCondition"/>, and is published on the actor
/// system's event stream when more than its figures has changed.
/// </summary>
internal sealed record RecorderCondition(RecorderId Recorder, RecorderState State, SourceStatus Source)
{
    /// <summary>Whether the present recording has media.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Whether media is left out because the volume is full.</summary>
    public bool IsFull { get; init; }

    /// <summary>What was said last of the source; "" for nothing.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Why the last recording failed; null when it did not, or another one was begun.</summary>
    public string? Failure { get; init; }

    /// <summary>The present recording; null while the recorder is inactive.</summary>
    public RecordingId? Recording { get; init; }

    public TakeId? Take { get; init; }

    /// <summary>Bytes of the present recording.</summary>
    public long Bytes { get; init; }

    /// <summary>Packets that the present recording lost.</summary>
    public long LostPackets { get; init; }

    /// <summary>The tracks of the source, as far as they are known.</summary>
    public IReadOnlyList<SourceTrack> Tracks { get; init; } = [];
}

/// <summary>
/// Reads the condition of a recorder, and tells it when more than its figures has changed; nothing is allocated when it has not.
/// </summary>
internal sealed class ConditionWatch(RecorderId recorder, SourceState source, RecordingInput input, RecorderMemory memory, EventStream listeners)
{
    private (RecorderState State, SourceStatus, bool, bool, RecordingId?, TakeId?, string?) _told;
    private string? _detail;
    private IReadOnlyList<SourceTrack>? _tracks;

    private IReadOnlyList<SourceTrack> Tracks => source.Known.Tracks ?? source.Tracks;

    private TakeId? Take => input.Recording is { } recording ? recording.Command.Take : memory.ArmedFor;

    public RecorderCondition Read() => new(recorder, input.State, source.Status)
    {
        HasBegun = input.Recording?.HasBegun ?? false,
        IsFull = input.Recording?.Pipeline?.IsFull ?? false,
        Detail = input.Recording is { HasBegun: false, OpenFailure: { } failure } ? failure : source.Detail,
        Failure = input.Failure,
        Recording = input.Recording?.Id,
        Take = Take,
        Bytes = input.Recording?.Bytes ?? 0,
        LostPackets = input.Recording?.Pipeline?.LostPackets ?? 0,
        Tracks = Tracks,
    };

    /// <summary>Called after each message of the recorder.</summary>
    public void Look()
    {
        var recording = input.Recording;
        var now = (
            input.State, source.Status, recording?.HasBegun ?? false, recording?.Pipeline?.IsFull ?? false, recording?.Id, Take,
            recording is null ? input.Failure : recording.OpenFailure);
        if (now == _told && ReferenceEquals(source.Detail, _detail) && ReferenceEquals(Tracks, _tracks))
            return;

        (_told, _detail, _tracks) = (now, source.Detail, Tracks);
        listeners.Publish(Read());
    }
}
