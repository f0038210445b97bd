using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// Takes: an armed recorder keeps the latest media of its source, so that it can begin at a moment that has passed.
internal sealed partial class MediaRecorderActor
{
    private void OnArm(Arm arm)
    {
        var holder = Recording is { } recording ? recording.Command.Take : _memory.ArmedFor;
        if (Recording is null && (holder is null || holder == arm.Take) && _preRoll.IsPossible)
        {
            holder = arm.Take;
            if (_memory.ArmedFor is null)
            {
                var wasKept = _preRoll.IsKept;
                _memory.ArmedFor = arm.Take;
                if (!wasKept)
                    KeepPreRoll();
            }

            ExtendArm();
        }

        Sender.Tell(_preRoll.Describe(new Armed(_id, State, holder)
        {
            Source = _source.Status,
            IsLive = _source.Uri.IsLive,
        }));
    }

    // Whoever armed it may have died: a recorder does not keep media for nobody.
    private void ExtendArm()
    {
        if (_memory.ArmedFor is not null)
            Timers.StartSingleTimer(nameof(ArmLapsed), new ArmLapsed(), Arm.Lease);
    }

    private void OnDisarm(Disarm disarm)
    {
        if (_memory.ArmedFor == disarm.Take)
            Disarm();

        Answer(refusal: null);
    }

    // While it records, the recorder stays as it is; the next recording is not of the take.
    private void Disarm()
    {
        Timers.Cancel(nameof(ArmLapsed));
        _memory.ArmedFor = null;
        if (Recording is not null || _preRoll.IsKept)
            return;

        Unwatch();
        _preRoll.Clear();
        _environment.Sources.Tell(new CaptureProtocol.Detach(_source.Uri));
    }

    private sealed record ArmLapsed;
}
