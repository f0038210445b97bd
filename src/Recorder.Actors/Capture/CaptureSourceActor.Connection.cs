using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

// Opening, losing, reopening and closing the connection.
internal sealed partial class CaptureSourceActor
{
    private void OpenOrRetire()
    {
        if (_flow.Subscribers.Count == 0)
        {
            CloseIfUnwanted();
        }
        // A device cannot be opened again before the thread that reads it has closed it.
        else if (_closingReaders == 0 && _state.Phase is SourcePhase.Closed or SourcePhase.Ended)
        {
            var attempt = _state.Open();
            _opening = new CancellationTokenSource();
            _ = _context.Opener.OpenAsync(_source, attempt, _opening.Token).PipeTo(Self);
        }
    }

    private void OnOpened(SourceOpener.SourceOpened opened)
    {
        if (!_state.TryRun(opened.Attempt, _context.Now))
        {
            opened.Input.Dispose();
            return;
        }

        _input = opened.Input;
        if (!_input.Streams.Any(TrackSet.IsRecordable))
        {
            CloseInput();
            Fail(SourceErrors.NoTrack(_source));
            return;
        }

        _flow.Open(_input.Streams, isPaced: _input is RtspInput || !LiveReader.IsFinite(_source, _input));
        TellDescribers();
        CaptureLog.Opened(_context.Logger, _source.Masked, _input.FormatName, _flow.Packets.Tracks.Count);
        if (_source.Kind is SourceKind.Test or SourceKind.File)
        {
            _pull = new PullReader((IPacketInput)_input, _source, _flow, _context);
            Context.Parent.Tell(new SourcesActor.Pace(!_pull.IsFast));
            ReadFile();
        }
        else
        {
            _backpressure.Restart();
            _live = _input is RtspInput camera
                ? new GridReader(camera, opened.Attempt, Self, _context)
                : new LiveReader((IPacketInput)_input, _source, opened.Attempt, Self, _context);
            _live.Start();
            _patience.Opened();
            var deadline = _source.StatedDeadline ?? SourcePatience.Usual;
            Timers.StartSingleTimer(nameof(CheckDeadline), new CheckDeadline(opened.Attempt), deadline);
        }
    }

    private void OnNotOpened(SourceOpener.SourceNotOpened failed)
    {
        if (_state.IsCurrent(failed.Attempt))
            Fail(failed.Error);
    }

    private void OnReaderEnded(ILiveReader.Ended ended)
    {
        // All packets of this reader were handled before this message.
        ended.Input.Delivered();
        if (_live is null || !_state.IsCurrent(ended.Attempt))
        {
            if (--_closingReaders == 0)
                AnswerReleasing();

            if (_state.Phase == SourcePhase.Closed)
                OpenOrRetire();

            return;
        }

        (_live, _input) = (null, null);
        if (ended is { Finite: true, Error: null })
            End($"{_source.Masked} ended.");
        else
            Lose(SourceErrors.WhileReading(_source, ended.Error), ended.Cut);
    }

    private void OnCheckDeadline(CheckDeadline check)
    {
        if (_live is null || !_state.IsCurrent(check.Attempt))
            return;

        var silent = _context.Now - _state.LastArrival;
        // After a loss frames are left out up to the next key frame.
        if (_input?.MediaSilentFor is { } quiet && quiet < silent)
            silent = quiet;

        var left = _patience.Left(_flow.Packets.Tracks, silent, _input?.SilentFor);
        if (left > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(nameof(CheckDeadline), check, left);
        }
        else
        {
            _patience.WasSilent();
            CloseInput();
            Lose(SourceErrors.Silent(_source, silent));
        }
    }

    private void OnRetry(Retry retry)
    {
        if (retry.Attempt == _state.Attempt && _state.Phase == SourcePhase.Waiting)
        {
            _state.EndWait();
            OpenOrRetire();
        }
    }

    private void Lose(string cause, int cut = 0)
    {
        CaptureLog.Lost(_context.Logger, _source.Masked, cause);
        _flow.Lose(_context.Time.GetUtcNow(), cause, cut);
        RetryLater(cause);
    }

    private void Fail(Exception error)
    {
        var failure = SourceErrors.Translate(_source, error, wasOpen: _flow.Packets.Tracks.Count > 0);
        if (failure.IsPermanent)
            FailForGood(failure.Error);
        else
            RetryLater(failure.Error.Message);
    }

    private void RetryLater(string cause)
    {
        var connecting = _state.Retry(cause);
        CaptureLog.Retrying(_context.Logger, _source.Masked, connecting.Attempt, connecting.RetryIn, cause);
        _flow.Subscribers.TellNewcomers(connecting);
        Timers.StartSingleTimer(nameof(Retry), new Retry(_state.Attempt), connecting.RetryIn);
    }

    private void FailForGood(MediaError error)
    {
        CaptureLog.Failed(_context.Logger, _source.Masked, error.Message);
        Finish(new SourceFailed(error));
    }

    private void End(string reason)
    {
        CaptureLog.Ended(_context.Logger, _source.Masked, reason);
        Finish(new SourceEnded(reason));
    }

    private void Finish(SourceMessage last)
    {
        CloseInput();
        _state.End();
        _flow.Finish(last, _context.Time.GetUtcNow());
        _flow = NewFlow();
        CloseIfUnwanted();
    }

    private void CloseIfUnwanted()
    {
        if (_flow.Subscribers.Count > 0)
            return;

        if (_state.Phase is not (SourcePhase.Closed or SourcePhase.Ended))
        {
            CloseInput();
            _state.Close();
            _flow.Clear();
            _flow = NewFlow();
            CaptureLog.Closed(_context.Logger, _source.Masked);
        }

        if (_closingReaders == 0)
            AnswerReleasing();

        if (_describers.Count == 0 && _closingReaders == 0)
        {
            Become(Retiring);
            Context.Parent.Tell(SourcesActor.Retire.Instance);
        }
    }

    private void CloseInput()
    {
        _opening?.Cancel();
        _opening = null;
        if (_live is not null)
        {
            _closingReaders++;
            _live.Cancel();
        }
        else
        {
            _input?.Dispose();
        }

        if (_pull is not null)
            Context.Parent.Tell(new SourcesActor.Pace(false));

        _pull?.Dispose();
        (_input, _live, _pull) = (null, null, null);
    }
}
