using Akka.Cluster;

namespace Recorder.Cluster.ControlPlane;

/// <summary>Ends membership of what cannot be reached any more. Named in the configuration; Akka.Cluster creates it.</summary>
internal sealed class RecorderDowning(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    public TimeSpan DownRemovalMargin { get; } = system.Settings.Config.GetTimeSpan("akka.cluster.down-removal-margin");

    public Props? DowningActorProps { get; } = Props.Create(() => new DowningActor(cluster));
}
