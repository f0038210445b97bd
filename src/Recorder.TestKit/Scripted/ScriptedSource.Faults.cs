using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <content>Faulty media: dropped packets and wrong timestamps.</content>
public sealed partial class ScriptedSource
{
    /// <summary>Reports dropped packets. After a <see cref="GapCause.RecorderOverrun"/> a key frame follows.</summary>
    /// <param name="cause">Why the packets were dropped.</param>
    /// <param name="packets">How many packets were dropped.</param>
    /// <param name="lasting">How long packets were dropped, until now.</param>
    public void Drop(GapCause cause, long packets, TimeSpan lasting)
    {
        if (cause == GapCause.RecorderOverrun)
            RequestKeyFrame();

        Tell(new MediaDropped(cause, packets, _world.Clock.GetUtcNow() - lasting, _world.Clock.GetUtcNow()));
    }

    /// <summary>Reports that damaged packets were dropped during the last six seconds.</summary>
    /// <param name="packets">How many packets were dropped.</param>
    /// <param name="missing">Media time that the dropped packets contained.</param>
    public void Damage(long packets, TimeSpan missing)
    {
        var now = _world.Clock.GetUtcNow();
        Tell(new MediaDropped(GapCause.Corrupt, packets, now - TimeSpan.FromSeconds(6), now) { Missing = missing });
    }

    /// <summary>Maps timestamps by the time of arrival, as for a real source, from the next packet on.</summary>
    /// <remarks>Call this before the first packet, and deliver media with the clock, not with <see cref="Emit"/>.</remarks>
    public void JudgeTimestamps() => _timestamps.Judge(Tracks);

    /// <summary>Makes the timestamps of all tracks jump. Takes effect after <see cref="JudgeTimestamps"/>.</summary>
    /// <param name="by">How far the timestamps jump; a negative time jumps back.</param>
    public void SetClock(TimeSpan by)
    {
        foreach (var track in Tracks)
            _timestamps.Jump(track, by);
    }

    /// <summary>Makes a track's timestamps run at a wrong rate. Takes effect after <see cref="JudgeTimestamps"/>.</summary>
    /// <param name="track">The track.</param>
    /// <param name="rate">Seconds of timestamps per second of media; 1 is right.</param>
    public void SetRate(ScriptedTrack track, double rate) => _timestamps.SetRate(track, rate);
}
