using Recorder.Cluster.ControlPlane;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>Which side of a split goes on as the cluster.</summary>
public class DowningDecisionSpecs
{
    [Theory]
    [InlineData("n1 | n2", "n1", "n2")]
    [InlineData("n1 | n2", "n2", "n1")]
    [InlineData("n1 n2 | n3", "n2", "n3")]
    [InlineData("n1 n2 | n3", "n3", "self")]
    [InlineData("n1 n4 | n2 n3", "n4", "n2 n3")]
    [InlineData("n1 n4 | n2 n3", "n2", "self")]
    [InlineData("n1 | n2 n3 | n4 n5", "n1", "self")]
    [InlineData("n1 c1 c2 | n2 n3", "n1", "self")]
    [InlineData("n1 n2 | c1", "n1", "c1")]
    [InlineData("n1 n2 n3", "n1", "")]
    public void The_majority_goes_on(string sides, string self, string downed)
    {
        var members = sides.Split(" | ").SelectMany(side => side.Split(' ').Select(name => new DowningMember(
            name, IsReachable: side.Split(' ').Contains(self), Counts: name.StartsWith('n')))).ToList();

        var decision = DowningDecision.Decide(self, members);

        (decision.DownsSelf ? "self" : string.Join(' ', decision.Others)).ShouldBe(downed);
    }
}
