using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Cluster;

internal static partial class ClusterLog
{
    [LoggerMessage(1, LogLevel.Information, "Joined the cluster as {Node}, epoch {Epoch}")]
    public static partial void Joined(ILogger logger, string node, long epoch);

    [LoggerMessage(2, LogLevel.Warning, "Lost touch with the cluster: {Reason} What is recorded goes on")]
    public static partial void Away(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Information, "In touch with the cluster again")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "Node {Node}: {Change}")]
    public static partial void Member(ILogger logger, string node, ClusterActor.MemberChange change);

    [LoggerMessage(5, LogLevel.Information, "Took {Count} recorders: {Recorders}")]
    public static partial void Claimed(ILogger logger, int count, string recorders);

    [LoggerMessage(6, LogLevel.Warning, "Recorder {Recorder} is another node's now: what was recorded here stays, and joins its recording")]
    public static partial void Fenced(ILogger logger, RecorderId recorder);

    [LoggerMessage(7, LogLevel.Information, "Gave recorder {Recorder} away")]
    public static partial void Released(ILogger logger, RecorderId recorder);

    [LoggerMessage(8, LogLevel.Warning, "{Events} events were recorded under a token that is not this node's any more; their media joins the recordings as late extents")]
    public static partial void Late(ILogger logger, int events);

    [LoggerMessage(9, LogLevel.Warning, "Events up to {Number} are no longer in this node's journal: what it has recorded is copied into the cluster's index")]
    public static partial void Truncated(ILogger logger, long number);

    [LoggerMessage(12, LogLevel.Warning, "The cluster's database does not answer: this node goes on with the {Count} recorders that it had, and joins when it does")]
    public static partial void BeginsAway(ILogger logger, int count);

    [LoggerMessage(10, LogLevel.Error, "The cluster's step failed: {Reason}")]
    public static partial void StepFailed(ILogger logger, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Recorder {Recorder} could not be completed here: {Reason}")]
    public static partial void NotCompleted(ILogger logger, RecorderId recorder, string reason);
}
