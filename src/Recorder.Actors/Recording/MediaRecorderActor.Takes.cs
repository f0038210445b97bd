using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// Takes: an armed recorder keeps the latest media of its source, so that it can begin at a moment that has passed.
internal sealed partial class MediaRecorderActor
{
    private void OnArm(Arm arm)
    {
        var answer = _arming.Arm(arm, State, Recording?.Command.Take, out var begins);
        if (begins)
            KeepPreRoll();

        if (answer.Take == arm.Take)
        {
            ExtendArm();
            // A source that failed for good is tried again while somebody waits for it, and not often: refused logins can lock an account.
            if (Recording is null && _capture.IsNobody() && _source.Status is SourceStatus.Lost or SourceStatus.Ended && !Timers.IsTimerActive(nameof(AttachAgain)))
                Timers.StartSingleTimer(nameof(AttachAgain), new AttachAgain(), TakeArming.RetryInterval);
        }

        Sender.Tell(answer);
    }

    // Whoever armed it may have died: a recorder does not keep media for nobody.
    private void ExtendArm()
    {
        if (_arming.IsArmed)
            Timers.StartSingleTimer(nameof(TakeArming.Lapsed), new TakeArming.Lapsed(), Arm.Lease);
    }

    private void Disarm()
    {
        if (_arming.Disarm(Recording is not null))
        {
            Unwatch();
            _environment.Sources.Tell(new CaptureProtocol.Detach(_source.Uri));
        }
    }
}
