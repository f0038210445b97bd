using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Node.Cli.Recording;

// A source that becomes something else, a camera that comes back with another codec for one, is recorded on in another recording.
internal sealed partial class RecordSessionActor
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly Dictionary<RecorderId, RestartBackoff> _backoffs = [];
    private readonly Dictionary<RecorderId, TimeSpan> _recorded = [];
    private readonly HashSet<RecorderId> _waiting = [];

    private sealed record StartAgain(RecorderId Recorder);

    /// <summary>Starts a recorder again whose recording could not go on with its source.</summary>
    /// <returns>False when it is over: it records into one file, all was recorded, or it is being stopped.</returns>
    private bool GoOn(RecorderProtocol.Stopped stopped, RecorderProgress ended)
    {
        var planned = _request.Recorders.First(planned => planned.Id == stopped.Recorder);
        var recorded = _recorded[planned.Id] = _recorded.GetValueOrDefault(planned.Id) + stopped.Duration;
        if (_stopping || planned.Target.File is not null || recorded >= _request.Duration)
        {
            return false;
        }

        _progress[planned.Id] = new RecorderProgress(planned.Id, planned.Source.Masked, "");
        Show(() => _view.GoesOn(ended));
        if (!_backoffs.TryGetValue(planned.Id, out var backoff))
        {
            _backoffs[planned.Id] = backoff = new RestartBackoff(FirstWait, LongestWait, new Random());
        }

        _waiting.Add(planned.Id);
        var wait = backoff.After(stopped);
        if (wait == TimeSpan.Zero)
        {
            OnStartAgain(new StartAgain(planned.Id));
        }
        else
        {
            Timers.StartSingleTimer((nameof(StartAgain), planned.Id), new StartAgain(planned.Id), wait);
        }

        return true;
    }

    private void OnStartAgain(StartAgain again)
    {
        if (_waiting.Remove(again.Recorder))
        {
            _recorders.Tell(new RecorderProtocol.Start(again.Recorder, _request.Timeslice)
            {
                Duration = _request.Duration - _recorded[again.Recorder],
            });
        }
    }

    // Those that wait record nothing: no event says that they have stopped.
    private void StopWaiting()
    {
        foreach (var recorder in _waiting)
        {
            Update(recorder, progress => progress with { Phase = Phase.Stopped });
        }

        _waiting.Clear();
        FinishWhenOver();
    }
}
