using Akka.Event;
using Akka.Remote;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// Akka's failure detector, which can also be told that a member is dead: Akka.Cluster removes a member that was downed only when it is unreachable, too.
/// Named in the configuration; Akka.Cluster creates one for each member.
/// </summary>
internal sealed class ToldFailureDetector(Config config, EventStream events) : FailureDetector
{
    // The registry of the detectors has no other way to them than to ask whether their member is available.
    [ThreadStatic]
    private static bool _isTelling;

    private readonly PhiAccrualFailureDetector _heartbeats = new(config, events);
    private volatile bool _isDead;

    public override bool IsAvailable
    {
        get
        {
            _isDead |= _isTelling;
            return !_isDead && _heartbeats.IsAvailable;
        }
    }

    public override bool IsMonitoring => _heartbeats.IsMonitoring;

    /// <summary>The member is unreachable from here on, until it is heard of again.</summary>
    public static void Tell(Akka.Cluster.Cluster cluster, Address dead)
    {
        _isTelling = true;
        try
        {
            cluster.FailureDetector.IsAvailable(dead);
        }
        finally
        {
            _isTelling = false;
        }
    }

    public override void HeartBeat()
    {
        _isDead = false;
        _heartbeats.HeartBeat();
    }
}
