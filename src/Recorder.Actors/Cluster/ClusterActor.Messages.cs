using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

// What it is told and tells.
internal sealed partial class ClusterActor
{
    // How long a recorder is kept warm that nobody gives.
    private static readonly TimeSpan WarmTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan WarmingTime = TimeSpan.FromSeconds(12);

    /// <summary>Gives everything up, in order; answered with <see cref="Ended"/>.</summary>
    internal sealed record End;

    /// <summary>This node owns nothing any more.</summary>
    internal sealed record Ended;

    /// <summary>The sender hears of every <see cref="MemberChanged"/>.</summary>
    internal sealed record SubscribeMembers;

    /// <summary>A node joined, drains, left or died.</summary>
    /// <param name="Member">It.</param>
    /// <param name="What">What became of it.</param>
    internal sealed record MemberChanged(Member Member, string What);

    private sealed record Tick;

    private sealed record Warm(RecorderId Recorder);

    private sealed record Stepped(ClusterStep Step);

    private sealed record Failed(Exception Cause);

    private sealed record GivenAway(RecorderId Recorder, Exception? Cause);
}
