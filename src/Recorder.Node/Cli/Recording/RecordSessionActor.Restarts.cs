using Recorder.Actors.Timing;

namespace Recorder.Node.Cli.Recording;

// When a source changes, for example because a camera returns with another codec, recording continues in a new recording.
internal sealed partial class RecordSessionActor
{
    private static readonly TimeSpan MinimumWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaximumWait = TimeSpan.FromMinutes(2);

    private readonly Dictionary<RecorderId, RestartBackoff> _backoffs = [];
    private readonly Dictionary<RecorderId, TimeSpan> _recordedTime = [];
    private readonly HashSet<RecorderId> _pendingRestarts = [];

    private sealed record Restart(RecorderId Recorder);

    /// <summary>False if the recorder records to one file, has recorded its whole duration, or is being stopped.</summary>
    private bool TryContinue(RecorderProtocol.Stopped stopped, RecorderProgress ended)
    {
        var planned = _request.Recorders.First(planned => planned.Id == stopped.Recorder);
        var recorded = _recordedTime[planned.Id] = _recordedTime.GetValueOrDefault(planned.Id) + stopped.Duration;
        if (_stopping || planned.Target.File is not null || recorded >= _request.Duration)
            return false;

        _progress[planned.Id] = new RecorderProgress(planned.Id, planned.Source.Masked, "");
        Show(() => _view.OnContinued(ended));
        if (!_backoffs.TryGetValue(planned.Id, out var backoff))
            _backoffs[planned.Id] = backoff = new RestartBackoff(MinimumWait, MaximumWait, new Random());

        _pendingRestarts.Add(planned.Id);
        var wait = backoff.After(stopped);
        if (wait == TimeSpan.Zero)
            OnRestart(new Restart(planned.Id));
        else
            Timers.StartSingleTimer((nameof(Restart), planned.Id), new Restart(planned.Id), wait);

        return true;
    }

    private void OnRestart(Restart restart)
    {
        if (_pendingRestarts.Remove(restart.Recorder))
        {
            _recorders.Tell(new RecorderProtocol.Start(restart.Recorder, _request.Timeslice)
            {
                Duration = _request.Duration - _recordedTime[restart.Recorder],
            });
        }
    }

    // A recorder that waits for its restart records nothing, so no event will report that it stopped.
    private void CancelPendingRestarts()
    {
        foreach (var recorder in _pendingRestarts)
            Update(recorder, progress => progress with { Phase = Phase.Stopped });

        _pendingRestarts.Clear();
        CompleteWhenAllEnded();
    }
}
