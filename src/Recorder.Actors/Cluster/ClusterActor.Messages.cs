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

    /// <summary>The sender hears of every <see cref="MemberChanged"/> until it ends; answered with <see cref="Members"/>.</summary>
    internal sealed record SubscribeMembers;

    /// <summary>The nodes at this moment; what becomes of them comes behind it.</summary>
    internal sealed record Members(IReadOnlyList<Member> All);

    /// <summary>What became of a node.</summary>
    /// <param name="Member">It, as it is now.</param>
    /// <param name="Change">What it did.</param>
    internal sealed record MemberChanged(Member Member, MemberChange Change);

    /// <summary>What a node can do.</summary>
    internal enum MemberChange
    {
        /// <summary>Not set.</summary>
        Unknown = 0,

        /// <summary>It joined, or joined again.</summary>
        Joined = 1,

        /// <summary>It hands over what it has.</summary>
        Draining = 2,

        /// <summary>It takes part again.</summary>
        Resumed = 3,

        /// <summary>Its lease ran out.</summary>
        Died = 4,

        /// <summary>It is back under the lease that had run out.</summary>
        Returned = 5,

        /// <summary>It ended in order, or was removed.</summary>
        Left = 6,
    }

    private sealed record Tick;

    private sealed record Warm(RecorderId Recorder);

    private sealed record Stepped(ClusterStep Step);

    private sealed record Failed(Exception Cause);

    private sealed record GivenAway(RecorderId Recorder, Exception? Cause);
}
