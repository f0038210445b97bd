using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

/// <summary>What a step of the media asks the recorder to do.</summary>
internal readonly record struct InputResult
{
    /// <summary>Whether the recording began with it.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Fail the recording with this.</summary>
    public MediaError? Error { get; init; }

    /// <summary>Whether the failed recording announces no empty blob.</summary>
    public bool IsWithoutData { get; init; }

    /// <summary>Whether a recorder that is started again can record the source.</summary>
    public bool SourceHasChanged { get; init; }

    /// <summary>Finish the recording for this reason.</summary>
    public StopReason? Stop { get; init; }

    /// <summary>Wait no longer than this for the source; zero ends the wait, null leaves it as it is.</summary>
    public TimeSpan? Wait { get; init; }

    public static InputResult Failed(string message) => new() { Error = new MediaError(ErrorName.UnknownError, message) };
}

/// <summary>
/// Carries the media and messages of a source, and the reports of a full volume, into the recording under way. Decides what the recorder does
/// next and leaves the doing to its actor.
/// </summary>
internal sealed class RecordingInput(RecorderId recorder, SourceState source, RecorderOptions options, RecorderEnvironment environment, EventOutbox outbox)
{
    /// <summary>The recording under way; null while the recorder is inactive.</summary>
    public RecordingSession? Recording { get; private set; }

    /// <summary>Whether the recording is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>A recording begins: it waits for the source.</summary>
    public void Begin(RecordingSession recording)
    {
        (Recording, IsPaused) = (recording, false);
        SetStatus(SourceStatus.Connecting, "");
    }

    /// <summary>The recording has ended.</summary>
    public void End() => (Recording, IsPaused) = (null, false);

    /// <summary>pause(): media is left out from here on.</summary>
    public InputResult Pause()
    {
        if (!IsPaused)
        {
            IsPaused = true;
            Recording!.Pipeline?.Pause();
            outbox.Raise((number, at) => new Paused(recorder, number, at));
        }

        return default;
    }

    /// <summary>resume(): media is gathered again.</summary>
    public InputResult Resume()
    {
        if (IsPaused)
        {
            IsPaused = false;
            Recording!.Pipeline?.Resume();
            outbox.Raise((number, at) => new Resumed(recorder, number, at));
        }

        return default;
    }

    /// <summary>requestData(): the media gathered so far is a blob, even when it is none.</summary>
    public InputResult RequestData(DateTimeOffset now)
    {
        if (Recording!.HasBegun)
        {
            return Record(this, static (session, _) => session.CutBlob());
        }

        Recording.RaiseEmptyBlob(now);
        return default;
    }

    /// <summary>Takes a batch; the caller keeps its reference.</summary>
    public InputResult Write(PacketBatch batch) => Record(batch, static (session, batch) => session.Write(batch));

    /// <summary>The volume is full: leave media out until it has room.</summary>
    public InputResult Fill(StorageProtocol.Full full)
    {
        if (Recording!.Pipeline is { IsFull: false })
        {
            Recording.RaiseStorage(StorageStatus.Full, $"The volume of {Recording.Layout.Folder} is full; recording goes on when there is space.");
        }

        return Record(
            full with { Reached = Recording.InSession(full.Reached) }, static (session, full) => session.Fill(full.Reached, full.Packets));
    }

    /// <summary>The volume has room again: record from the next key frame on.</summary>
    public InputResult Empty(StorageProtocol.Room room)
    {
        if (Recording!.Pipeline is not { IsFull: true })
        {
            return default;
        }

        Recording.RaiseStorage(StorageStatus.Writing, $"The volume of {Recording.Layout.Folder} has space again.");
        return Record(room, static (session, room) => session.Empty(room.NeedsExtent));
    }

    /// <summary>Takes a message of the source.</summary>
    public InputResult Take(SourceMessage message) => message switch
    {
        SourceConnecting connecting => Connect(connecting),
        SourceOpened opened => Open(opened),
        SourceLost lost => Lose(lost),
        SourceRestored restored => Restore(restored),
        SourceEnded => EndSource(),
        SourceFailed failed => new InputResult { Error = failed.Error },
        MediaDropped dropped => Record(dropped, (session, dropped) => session.AddGap(
            dropped.Cause, dropped.From, dropped.To, dropped.Packets, $"{dropped.Packets} packets of {source.Uri} were left out.", dropped.Missing)),
        TimestampsMended mended => Report(SourceStatus.TimestampsMended, mended.Detail),
        TrackMuted muted => Record(muted, static (session, muted) => session.Mute(muted.Track, muted.Muted)),
        TrackEnded ended => Record(ended, static (session, ended) => session.EndTrack(ended.Track)),
        TrackChanged changed => UpdateTracks(source.With(changed.Track), $"Track {changed.Track.Id} is {changed.Track.Parameters} now."),
        TracksChanged changed => UpdateTracks(changed.Tracks, changed.Detail),
        _ => default,
    };

    private void SetStatus(SourceStatus status, string detail)
    {
        source.Status = status;
        _ = Report(status, detail);
    }

    private InputResult Report(SourceStatus status, string detail)
    {
        outbox.Raise((number, at) => new SourceChanged(recorder, number, at, status, detail));
        return default;
    }

    private InputResult Connect(SourceConnecting connecting)
    {
        if (!Recording!.HasBegun)
        {
            Recording.OpenFailure = connecting.Cause;
        }

        SetStatus(Recording.HasBegun ? SourceStatus.Lost : SourceStatus.Connecting, connecting.Cause);
        return default;
    }

    private InputResult Open(SourceOpened opened)
    {
        if (Recording!.Pipeline is not null)
        {
            return default;
        }

        source.Open(opened);
        SetStatus(SourceStatus.Connected, "");
        var error = Recording.Open(options, opened.Tracks, mayDrop: !source.Uri.WaitsForSubscribers, environment);
        if (error is null && IsPaused)
        {
            Recording.Pipeline!.Pause();
        }

        // The source itself bounds the wait for its first key frame.
        return new InputResult { Error = error, IsWithoutData = true, Wait = TimeSpan.Zero };
    }

    private InputResult Lose(SourceLost lost)
    {
        SetStatus(SourceStatus.Lost, lost.Cause);
        if (!Recording!.HasBegun)
        {
            // Nothing is recorded yet: without a loss timeout, the open timeout counts again.
            Recording.OpenFailure = lost.Cause;
            return new InputResult { Wait = options.LossTimeout ?? options.OpenTimeout };
        }

        var result = Record(lost, (session, lost) =>
            session.Lose(lost.Since, $"{source.Uri} was lost and not back when the recording ended or was paused."));
        return result with { Wait = options.LossTimeout };
    }

    private InputResult Restore(SourceRestored restored)
    {
        SetStatus(SourceStatus.Connected, "");
        var result = Record(restored, (session, restored) => session.AddGap(
            GapCause.SourceLost, restored.From, restored.To, restored.Packets, $"{source.Uri} was lost and came back."));
        return result with { Wait = TimeSpan.Zero };
    }

    private InputResult EndSource()
    {
        SetStatus(SourceStatus.Ended, "");
        return IsPaused || Recording!.Pipeline?.HasMedia == true
            ? new InputResult { Stop = StopReason.SourceEnded }
            : InputResult.Failed($"{source.Uri} ended before a key frame came: nothing could be recorded; record a source that begins " +
                "with a key frame, or have it send them more often.");
    }

    private InputResult UpdateTracks(IReadOnlyList<SourceTrack> tracks, string detail)
    {
        var isNews = source.Replace(tracks);
        TrackChange change;
        try
        {
            change = Recording?.Pipeline?.UpdateTracks(tracks) ?? default;
        }
        catch (FFmpegException exception)
        {
            return InputResult.Failed(exception.Message);
        }

        if (isNews)
        {
            SetStatus(SourceStatus.Changed, string.Join(' ', [detail, .. change.LeftOut ?? []]));
        }

        return change.Stopper is not { } track ? default : InputResult.Failed(
            $"Track {track.Id} of {source.Uri} changed to {track.Parameters}, which cannot follow in " +
            (Recording!.Layout.IsSingleFile
                ? "the same file; record into a folder, where recording goes on in another."
                : "this recording's container; start again.")) with { SourceHasChanged = true };
    }

    private InputResult Record<T>(T with, Action<MediaPipeline, T> step)
    {
        if (Recording?.Pipeline is not { } session)
        {
            return default;
        }

        var hadBegun = session.HasBegun;
        try
        {
            step(session, with);
        }
        catch (FFmpegException exception)
        {
            return InputResult.Failed(exception.Message);
        }

        return new InputResult
        {
            HasBegun = !hadBegun && session.HasBegun,
            Stop = Recording.IsDurationReached ? StopReason.Requested : null,
        };
    }
}
