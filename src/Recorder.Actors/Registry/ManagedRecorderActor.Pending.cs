using Recorder.Contracts;

namespace Recorder.Actors.Registry;

// A change of the definition that another node made while this recorder recorded. It waits until the recording ends.
internal sealed partial class ManagedRecorderActor
{
    // A recorder that was stopped is inactive once its files are closed.
    private static readonly TimeSpan PendingInterval = TimeSpan.FromMilliseconds(500);

    private RecorderDefinition? _pending;

    private RecorderDefinition Registered => _pending is null ? _definition : _pending with { Desired = _definition.Desired };

    private void ApplyPendingSoon()
    {
        if (_pending is not null && _definition.Desired == RecorderState.Inactive && !_isEnding)
            Timers.StartSingleTimer(nameof(ApplyPending), new ApplyPending(), PendingInterval);
    }

    private void OnApplyPending(ApplyPending apply)
    {
        if (_pending is not null && _definition.Desired == RecorderState.Inactive && !_isEnding)
            Do(_work.FollowAsync(_definition, _pending, _recording), ActorRefs.NoSender);
    }

    private sealed record ApplyPending;
}
