using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>What nodes that do not run say of themselves.</summary>
internal static class Cards
{
    public static NodeCard Of(string node) =>
        new() { Node = node, Start = new StartId(1), Folder = node, Cluster = "c", Url = new Uri($"http://{node}"), Host = node, Port = 1 };
}
