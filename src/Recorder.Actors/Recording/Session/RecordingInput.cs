using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

/// <summary>
/// Passes the media and messages of a source, and the reports of a full volume, to the recording. Decides what the recorder does next, which
/// its actor then carries out.
/// </summary>
internal sealed class RecordingInput(
    RecorderId recorder, SourceState source, RecorderOptions options, RecorderEnvironment environment, EventOutbox outbox)
{
    /// <summary>The present recording; null while the recorder is inactive.</summary>
    public RecordingSession? Recording { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>Why the last recording failed; null when it did not, or another one was begun.</summary>
    public string? Failure { get; set; }

    public RecorderState State => Recording is null ? RecorderState.Inactive : IsPaused ? RecorderState.Paused : RecorderState.Recording;

    public void Begin(RecordingSession recording)
    {
        (Recording, IsPaused, Failure) = (recording, false, null);
        SetStatus(SourceStatus.Connecting, "");
    }

    public void End() => (Recording, IsPaused) = (null, false);

    /// <summary>Pauses the recording and raises the event, unless it is paused.</summary>
    public void Pause()
    {
        if (IsPaused)
            return;

        IsPaused = true;
        Recording!.Pipeline?.Pause();
        outbox.Raise((number, at) => new Paused(recorder, number, at));
    }

    /// <summary>Resumes the recording and raises the event, if it is paused.</summary>
    public void Resume()
    {
        if (!IsPaused)
            return;

        IsPaused = false;
        Recording!.Pipeline?.Resume();
        outbox.Raise((number, at) => new Resumed(recorder, number, at));
    }

    public InputResult CutBlob() => RunStep(this, static (pipeline, _) => pipeline.CutBlob());

    public InputResult Write(PacketBatch batch) => RunStep(batch, static (pipeline, batch) => pipeline.Write(batch));

    public InputResult HandleFullVolume(StorageProtocol.Full full)
    {
        if (Recording!.Pipeline is { IsFull: false })
        {
            Recording.RaiseStorage(
                StorageStatus.Full, $"The volume of {Recording.Layout.Folder} is full; recording continues when there is space.");
        }

        return RunStep(
            full with { Reached = Recording.ToPipelineTime(full.Reached) },
            static (pipeline, full) => pipeline.HandleFullVolume(full.Reached, full.Packets));
    }

    public InputResult HandleFreeVolume(StorageProtocol.Room room)
    {
        if (Recording!.Pipeline is not { IsFull: true })
            return default;

        Recording.RaiseStorage(StorageStatus.Writing, $"The volume of {Recording.Layout.Folder} has space again.");
        return RunStep(room, static (pipeline, room) => pipeline.HandleFreeVolume(room.NeedsExtent));
    }

    public InputResult Handle(SourceMessage message) => message switch
    {
        SourceConnecting connecting => HandleConnecting(connecting),
        SourceOpened opened => Open(opened),
        SourceLost lost => HandleLoss(lost),
        SourceRestored restored => HandleReturn(restored),
        SourceEnded => HandleEnd(),
        SourceFailed failed => new InputResult { Error = failed.Error },
        MediaDropped dropped => RunStep(dropped, (pipeline, dropped) => pipeline.AddGap(
            dropped.Cause, dropped.From, dropped.To, dropped.Packets, Describe(dropped), dropped.Missing)),
        TimestampsMended mended => Report(SourceStatus.TimestampsMended, mended.Detail),
        TrackMuted muted => RunStep(muted, static (pipeline, muted) => pipeline.Mute(muted.Track, muted.Muted)),
        TrackEnded ended => RunStep(ended, static (pipeline, ended) => pipeline.EndTrack(ended.Track)),
        TrackChanged changed => ReplaceTracks(source.With(changed.Track), $"Track {changed.Track.Id} is {changed.Track.Parameters} now."),
        TracksChanged changed => ReplaceTracks(changed.Tracks, changed.Detail),
        _ => default,
    };

    private string Describe(MediaDropped dropped) => dropped.Cause switch
    {
        GapCause.PacketLoss => $"{dropped.Packets} packets of {source.Uri} were lost on the network.",
        GapCause.ReceiveOverrun => $"{dropped.Packets} packets of {source.Uri} came faster than this machine read them.",
        _ => $"{dropped.Packets} packets of {source.Uri} were left out.",
    };

    private void SetStatus(SourceStatus status, string detail)
    {
        (source.Status, source.Detail) = (status, detail);
        _ = Report(status, detail);
    }

    private InputResult Report(SourceStatus status, string detail)
    {
        outbox.Raise((number, at) => new SourceChanged(recorder, number, at, status, detail));
        return default;
    }

    private InputResult HandleConnecting(SourceConnecting connecting)
    {
        if (!Recording!.HasBegun)
            Recording.OpenFailure = connecting.Cause;

        SetStatus(Recording.HasBegun ? SourceStatus.Lost : SourceStatus.Connecting, connecting.Cause);
        return default;
    }

    private InputResult Open(SourceOpened opened)
    {
        if (Recording!.Pipeline is not null)
            return default;

        source.Open(opened);
        SetStatus(SourceStatus.Connected, "");
        var error = Recording.Open(options, opened.Tracks, mayDrop: !source.Uri.WaitsForSubscribers, environment);
        if (error is null && IsPaused)
            Recording.Pipeline!.Pause();

        // The source limits the wait for its first key frame itself.
        return new InputResult { Error = error, IsWithoutData = true, Wait = TimeSpan.Zero };
    }

    private InputResult HandleLoss(SourceLost lost)
    {
        SetStatus(SourceStatus.Lost, lost.Cause);
        environment.Stored?.Of(recorder).NoteLoss();
        if (!Recording!.HasBegun)
        {
            // Nothing is recorded yet: without a loss timeout, the open timeout applies.
            Recording.OpenFailure = lost.Cause;
            return new InputResult { Wait = options.LossTimeout ?? options.OpenTimeout };
        }

        var result = RunStep(lost, (pipeline, lost) =>
            pipeline.BeginSourceLoss(lost.Since, $"{source.Uri} was lost and had not returned when the recording ended or was paused."));
        return result with { Wait = options.LossTimeout };
    }

    private InputResult HandleReturn(SourceRestored restored)
    {
        SetStatus(SourceStatus.Connected, "");
        var result = RunStep(restored, (pipeline, restored) => pipeline.AddGap(
            GapCause.SourceLost, restored.From, restored.To, restored.Packets, $"{source.Uri} was lost and returned."));
        return result with { Wait = TimeSpan.Zero };
    }

    private InputResult HandleEnd()
    {
        SetStatus(SourceStatus.Ended, "");
        return IsPaused || Recording!.Pipeline?.HasMedia == true
            ? new InputResult { Stop = StopReason.SourceEnded }
            : InputResult.Failed($"{source.Uri} ended before its first key frame: nothing could be recorded; record a source that begins " +
                "with a key frame, or configure it to send key frames more often.");
    }

    private InputResult ReplaceTracks(IReadOnlyList<SourceTrack> tracks, string detail)
    {
        var isChanged = source.Replace(tracks);
        TrackChange change;
        try
        {
            change = Recording?.Pipeline?.UpdateTracks(tracks) ?? default;
        }
        catch (FFmpegException exception)
        {
            return InputResult.Failed(exception.Message);
        }

        if (isChanged)
            SetStatus(SourceStatus.Changed, string.Join(' ', [detail, .. change.LeftOut ?? []]));

        return change.Unrecordable is not { } track ? default : InputResult.Failed(
            $"Track {track.Id} of {source.Uri} changed to {track.Parameters}, which cannot follow in " +
            (Recording!.Layout.IsSingleFile
                ? "the same file; record into a folder, where recording continues in another file."
                : "this recording's container; start the recorder again.")) with
        { SourceHasChanged = true };
    }

    // Runs a step of the pipeline, if it is open, and reports whether the recording has begun or is complete.
    private InputResult RunStep<T>(T argument, Action<MediaPipeline, T> step)
    {
        if (Recording?.Pipeline is not { } pipeline)
            return default;

        var hadBegun = pipeline.HasBegun;
        try
        {
            step(pipeline, argument);
        }
        catch (FFmpegException exception)
        {
            return InputResult.Failed(exception.Message);
        }

        return new InputResult
        {
            HasBegun = !hadBegun && pipeline.HasBegun,
            Stop = Recording.IsDurationReached ? StopReason.Requested : null,
        };
    }
}
