using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

// What a recorder hears from its source.
internal sealed partial class MediaRecorderActor
{
    private bool IsStale(ISourceMessage message) => message.Attachment != _attachment;

    private static void Drop(ISourceMessage message) => (message as MediaArrived)?.Done();

    private void OnConnecting(SourceConnecting connecting)
    {
        _recording!.OpenFailure = connecting.Cause;
        SetSource(SourceStatus.Connecting, connecting.Cause);
    }

    private void OnOpened(SourceOpened opened, IActorRef capture)
    {
        if (_recording!.Session is not null)
        {
            return;
        }

        // What is waited for now is a key frame, which the source bounds, or its return.
        Timers.Cancel(WaitTimer);
        _capture = Context.Watch(capture);
        _tracks = opened.Tracks;
        SetSource(SourceStatus.Connected, "");
        if (_recording.Open(_options, opened.Tracks, mayDrop: !_source.WaitsForSubscribers, _environment) is { } error)
        {
            Fail(error.Name, error.Message, withData: false);
        }
        else if (_state == RecorderState.Paused)
        {
            _recording.Session!.Pause();
        }
    }

    // Nothing is recorded yet: without a time-out for losses that of start() counts again.
    private void OnLostAtStart(SourceLost lost)
    {
        _recording!.OpenFailure = lost.Cause;
        SetSource(SourceStatus.Lost, lost.Cause);
        WaitAtMost(_options.LossTimeout ?? _options.OpenTimeout);
    }

    private void OnLost(SourceLost lost)
    {
        SetSource(SourceStatus.Lost, lost.Cause);
        OnMediaStep(session => session.Lose(lost.Since, $"{_source} was lost and not back when the recording ended or was paused."));
        WaitAtMost(_options.LossTimeout);
    }

    private void WaitAtMost(TimeSpan? timeout)
    {
        if (timeout is { } time)
        {
            Timers.StartSingleTimer(WaitTimer, new WaitedTooLong(), time);
        }
    }

    private void OnRestored(SourceRestored restored)
    {
        Timers.Cancel(WaitTimer);
        SetSource(SourceStatus.Connected, "");
        OnMediaStep(session => session.AddGap(
            GapCause.SourceLost, restored.From, restored.To, restored.Packets, $"{_source} was lost and came back."));
    }

    private void OnDropped(MediaDropped dropped) => OnMediaStep(session => session.AddGap(
        dropped.Cause, dropped.From, dropped.To, dropped.Packets, $"{dropped.Packets} packets of {_source} were left out.", dropped.Missing));

    // How the source stands is as before.
    private void OnTimestampsMended(TimestampsMended mended)
    {
        _outbox.Raise((number, at) => new SourceChanged(_id, number, at, SourceStatus.TimestampsMended, mended.Detail));
        Publish();
    }

    // The specification queues a task for this error: a stop() that is on its way already comes first.
    private void QueueModified(string message) => Context.Parent.Tell(new Modified(_recording!.Id, message));

    private void OnEnded(SourceEnded ended)
    {
        SetSource(SourceStatus.Ended, "");
        if (_state == RecorderState.Paused || _recording!.Session?.HasMedia == true)
        {
            Finish(StopReason.SourceEnded);
        }
        else
        {
            Fail(ErrorName.UnknownError, $"{_source} ended before a key frame came: nothing could be recorded; record a source that begins " +
                "with a key frame, or have it send them more often.");
        }
    }

    private void OnTrackChanged(TrackChanged changed) => UpdateTracks(
        [.. _tracks.Select(track => track.Id == changed.Track.Id ? changed.Track : track)],
        $"Track {changed.Track.Id} is {changed.Track.Parameters} now.");

    private void OnTracksChanged(TracksChanged changed) => UpdateTracks(changed.Tracks, changed.Detail);

    private void UpdateTracks(IReadOnlyList<SourceTrack> tracks, string detail)
    {
        // Parameter sets that change all the time, as some cameras' do, are no news.
        var isNews = tracks.Count != _tracks.Count || tracks.Zip(_tracks).Any(pair => !pair.First.Parameters.Continues(pair.Second.Parameters));
        _tracks = tracks;
        TrackChange change;
        try
        {
            change = _recording?.Session?.UpdateTracks(tracks) ?? default;
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        if (isNews)
        {
            SetSource(SourceStatus.Changed, string.Join(' ', [detail, .. change.LeftOut ?? []]));
        }

        if (change.Stopper is { } track)
        {
            Fail(
                ErrorName.UnknownError,
                $"Track {track.Id} of {_source} changed to {track.Parameters}, which cannot follow in " +
                (_recording!.Layout.IsSingleFile
                    ? "the same file; record into a folder, where recording goes on in another."
                    : "this recording's container; start again."),
                sourceHasChanged: true);
        }
    }

    private void OnMedia(MediaArrived media)
    {
        try
        {
            OnMediaStep(media.Batch, static (session, batch) => session.Write(batch));
        }
        finally
        {
            GiveBack(media);
        }
    }

    private void OnMediaStep(Action<RecordingSession> step) => OnMediaStep(step, static (session, step) => step(session));

    private void OnMediaStep<T>(T with, Action<RecordingSession, T> step)
    {
        if (_recording?.Session is not { } session)
        {
            return;
        }

        var hadBegun = session.HasBegun;
        try
        {
            step(session, with);
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        if (!hadBegun && session.HasBegun)
        {
            Timers.Cancel(WaitTimer);
            Become(Gathering);
        }

        Publish();
        if (_recording.IsDurationReached)
        {
            Finish(StopReason.Requested);
        }
    }

    // A source that reads as fast as it is taken from must wait for the disk: its credit comes back when there is room again.
    private void GiveBack(MediaArrived media)
    {
        if (_source.WaitsForSubscribers && _recording?.WriteBacklog.Bytes > _options.MemoryLimit / 2)
        {
            _unpaid.Enqueue(media);
            Timers.StartSingleTimer(DiskTimer, new CheckDisk(), DiskInterval);
        }
        else
        {
            media.Done();
        }
    }

    private void OnCheckDisk(CheckDisk check)
    {
        for (var count = _unpaid.Count; count > 0; count--)
        {
            GiveBack(_unpaid.Dequeue());
        }
    }

    private void GiveBackAll()
    {
        while (_unpaid.TryDequeue(out var media))
        {
            media.Done();
        }
    }

    private void SetSource(SourceStatus status, string detail)
    {
        _sourceStatus = status;
        _outbox.Raise((number, at) => new SourceChanged(_id, number, at, status, detail));
        Publish();
    }
}
