namespace Recorder.Actors.Capture;

/// <summary>The connection: opening, losing, trying again, closing.</summary>
internal sealed partial class CaptureSourceActor
{
    private void OpenOrRetire()
    {
        // A device cannot be opened twice: the thread that still holds it says when it is closed.
        if (_flow.Subscribers == 0)
        {
            CloseIfUnwanted();
        }
        else if (_closing == 0 && _state.Phase is SourcePhase.Closed or SourcePhase.Over)
        {
            var attempt = _state.Open();
            _opening = new CancellationTokenSource();
            _ = _services.OpenAsync(_source, attempt, _opening.Token).PipeTo(Self);
        }
    }

    private void OnRetry(Retry retry)
    {
        if (retry.Attempt == _state.Attempt && _state.Phase == SourcePhase.Waiting)
        {
            _state.RetryNow();
            OpenOrRetire();
        }
    }

    private void OnOpened(CaptureServices.SourceOpened opened)
    {
        if (!_state.Opened(opened.Attempt, _services.Now))
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

        _flow.Opened(_input.Streams, isPaced: !LiveReader.IsFinite(_source, _input));
        Known();
        CaptureLog.Opened(_services.Logger, _source.Masked, _input.FormatName, _flow.Tracks.Count);
        if (_source.Kind is SourceKind.Test or SourceKind.File)
        {
            _pull = new PullReader(_input, _source, _flow, _services);
            Context.Parent.Tell(new SourcesActor.Pace(!_pull.IsFast));
            Pump();
        }
        else
        {
            (_unacknowledged, _isLate) = (0, false);
            _live = new LiveReader(_input, _source, opened.Attempt, Self, _services);
            _live.Start();
            WatchSilence(opened.Attempt);
        }
    }

    private void OnNotOpened(CaptureServices.SourceNotOpened failed)
    {
        if (_state.IsCurrent(failed.Attempt))
        {
            Fail(failed.Error);
        }
    }

    private void Lose(string cause, int cut = 0)
    {
        CaptureLog.Lost(_services.Logger, _source.Masked, cause);
        _flow.Lost(_services.Time.GetUtcNow(), cause, cut);
        RetryLater(cause);
    }

    private void Fail(Exception error)
    {
        var failure = SourceErrors.Translate(_source, error, _flow.Tracks.Count > 0);
        if (failure.IsPermanent)
        {
            GiveUp(failure.Error);
        }
        else
        {
            RetryLater(failure.Error.Message);
        }
    }

    private void RetryLater(string cause)
    {
        var connecting = _state.Retry(cause);
        CaptureLog.Retrying(_services.Logger, _source.Masked, connecting.Attempt, connecting.RetryIn, cause);
        _flow.TellWaiting(connecting);
        Timers.StartSingleTimer(Retry.Key, new Retry(_state.Attempt), connecting.RetryIn);
    }

    private void OnReaderEnded(LiveReader.Ended ended)
    {
        // Its last packets came before this message.
        ended.Input.Delivered();
        if (_live is null || !_state.IsCurrent(ended.Attempt))
        {
            _closing--;
            if (_state.Phase == SourcePhase.Closed)
            {
                OpenOrRetire();
            }

            return;
        }

        (_live, _input) = (null, null);
        if (ended is { Finite: true, Error: null })
        {
            End($"{_source.Masked} ended.");
        }
        else
        {
            Lose(SourceErrors.WhileReading(_source, ended.Error), ended.Cut);
        }
    }

    private void CloseIfUnwanted()
    {
        if (_flow.Subscribers > 0)
        {
            return;
        }

        if (_state.Phase is not (SourcePhase.Closed or SourcePhase.Over))
        {
            CloseInput();
            _state.Close();
            _flow.Clear();
            _flow = NewFlow();
            CaptureLog.Closed(_services.Logger, _source.Masked);
        }

        if (_describers.Count == 0 && _closing == 0)
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
            _closing++;
            _live.Cancel();
        }
        else
        {
            _input?.Dispose();
        }

        if (_pull is not null)
        {
            Context.Parent.Tell(new SourcesActor.Pace(false));
        }

        _pull?.Dispose();
        (_input, _live, _pull) = (null, null, null);
    }

    private sealed record Retry(int Attempt)
    {
        public const string Key = "retry";
    }
}
