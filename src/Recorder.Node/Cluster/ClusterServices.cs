using Recorder.Node.Api;
using Recorder.Node.Media;

namespace Recorder.Node.Cluster;

internal static class ClusterServices
{
    public static void AddCluster(this IServiceCollection services, ClusterParts parts)
    {
        services.AddSingleton(parts.Seal);
        services.AddSingleton(parts.Links);
        services.AddHttpForwarder();
        services.AddSingleton<PeerMedia>();
        services.AddSingleton<ClusterMediator>();
        services.AddSingleton<RefusedGreetings>();
    }
}
