using Recorder.Cluster.Index;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;

namespace Recorder.Node.Media;

/// <summary>Which part of a recording a request for media is about.</summary>
internal static class MediaTimes
{
    /// <summary>What the query says, in seconds of the timeline; all of it where it says nothing, or a time of day.</summary>
    public static (TimeSpan From, TimeSpan To) Read(HttpRequest request)
    {
        var (from, to, at) = (Seconds(request, "from"), Seconds(request, "to"), Seconds(request, "at"));
        return (at ?? from ?? TimeSpan.Zero, at ?? to ?? TimeSpan.MaxValue);
    }

    /// <summary>How much of that a node has.</summary>
    public static TimeSpan Overlap(Holder holder, (TimeSpan From, TimeSpan To) asked)
    {
        var from = holder.From > asked.From ? holder.From : asked.From;
        var to = holder.To < asked.To ? holder.To : asked.To;
        // A moment has no length, and is somewhere.
        return to >= from ? to - from + TimeSpan.FromTicks(1) : TimeSpan.Zero;
    }

    private static TimeSpan? Seconds(HttpRequest request, string name) =>
        Query.IsSeconds(request.Query[name], out var seconds) ? seconds : null;
}
