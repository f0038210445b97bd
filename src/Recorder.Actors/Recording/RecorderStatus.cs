using Recorder.Actors.Storage;
using Recorder.Contracts;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

/// <summary>Creates a recorder's answer to <see cref="RecorderProtocol.GetStatus"/>.</summary>
internal static class RecorderStatus
{
    /// <summary>The status of an inactive recorder: the figures of the last recording and the bit rates of the next.</summary>
    public static Status Idle(RecorderId recorder, RecorderOptions options, Status? last, SourceStatus source, TakeId? take = null)
    {
        var bitrates = Bitrates.For(options);
        return (last ?? new Status { Recorder = recorder, State = RecorderState.Inactive, MimeType = options.MimeType }) with
        {
            VideoBitsPerSecond = bitrates.Video,
            AudioBitsPerSecond = bitrates.Audio,
            AudioBitrateMode = Bitrates.ModeOf(options),
            Source = source,
            Take = take,
        };
    }

    public static Status Of(RecorderId recorder, RecordingInput input, RecorderOptions options, SourceStatus source, RecorderMemory memory) =>
        input.Recording is { } recording
            ? Of(recording, input.State, options, source)
            : Idle(recorder, options, memory.LastStatus, source, memory.ArmedFor);

    public static Status Of(RecordingSession recording, RecorderState state, RecorderOptions options, SourceStatus source)
    {
        var pipeline = recording.Pipeline;
        var bitrates = pipeline?.Bitrates ?? Bitrates.For(options);
        return new Status
        {
            Recorder = recording.Recorder,
            State = state,
            MimeType = recording.MimeType,
            VideoBitsPerSecond = bitrates.Video,
            AudioBitsPerSecond = bitrates.Audio,
            AudioBitrateMode = Bitrates.ModeOf(options),
            Source = source,
            Recording = recording.Id,
            Duration = recording.Duration,
            Bytes = recording.Bytes,
            Blobs = recording.Blobs,
            LostPackets = pipeline?.LostPackets ?? 0,
            Take = recording.Command.Take,
            Times = pipeline?.CaptureTimes,
        };
    }

    /// <summary>The status after a recording has ended, until its files are closed.</summary>
    public static Status Ended(RecordingSession recording, RecorderOptions options, SourceStatus source) =>
        Of(recording, RecorderState.Inactive, options, source) with
        {
            MimeType = options.MimeType,
            // Without media no report of the store follows.
            Blobs = recording.HasBegun ? recording.Blobs : recording.Continued?.LastBlob ?? 0,
        };

    /// <summary>The status after the files of a recording are closed, with the figures of the files.</summary>
    public static Status? Stored(Status? last, StorageProtocol.Closed closed) => last?.Recording != closed.End.Recording ? last : last! with
    {
        Duration = closed.Stored.Duration,
        Bytes = closed.Stored.Bytes,
        Blobs = closed.Stored.Blobs,
    };
}
