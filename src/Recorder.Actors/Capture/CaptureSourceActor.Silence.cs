namespace Recorder.Actors.Capture;

/// <summary>A connection that is open and gives nothing.</summary>
internal sealed partial class CaptureSourceActor
{
    private readonly SourcePatience _patience;

    private void WatchSilence(int attempt)
    {
        _patience.Opened();
        Timers.StartSingleTimer(CheckDeadline.Key, new CheckDeadline(attempt), _source.StatedDeadline ?? SourcePatience.Usual);
    }

    private void OnCheckDeadline(CheckDeadline check)
    {
        if (_live is null || !_state.IsCurrent(check.Attempt))
        {
            return;
        }

        var silent = _services.Now - _state.LastArrival;
        var left = _patience.Left(_flow.Tracks, silent, _input?.SilentFor);
        if (left > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(CheckDeadline.Key, check, left);
        }
        else
        {
            _patience.WasSilent();
            CloseInput();
            Lose(SourceErrors.Silent(_source, silent));
        }
    }

    private sealed record CheckDeadline(int Attempt)
    {
        public const string Key = "deadline";
    }
}
