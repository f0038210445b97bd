using Recorder.Actors;
using Recorder.Cluster.Runtime;

namespace Recorder.Node.Api;

internal static class JoinedCluster
{
    extension(NodeRuntime node)
    {
        /// <summary>The node's part in a cluster; null for a node on its own.</summary>
        public ClusterRuntime? Joined => node.Cluster as ClusterRuntime;
    }
}
