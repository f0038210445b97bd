using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>Real control planes that join, lose each other and come back.</summary>
public class ControlPlaneSpecs(ITestOutputHelper output)
{
    [Fact]
    public async Task Three_nodes_join_each_other_and_share_the_recorders()
    {
        await using var planes = new PlanesUnderTest(recorders: 30);
        await planes.StartAsync("n1");
        await planes.StartAsync("n2");
        await planes.UntilMembersAsync("n1", "n2");
        output.WriteLine($"two: held after {await planes.UntilEachHasOneHolderAsync("n1", "n2")}");

        await planes.StartAsync("n3");
        await planes.UntilMembersAsync("n1", "n2", "n3");
        await planes.UntilEachHasOneHolderAsync("n1", "n2", "n3");
        planes["n3"].Service.Formation.ShouldBe(planes["n1"].Service.Formation);
        output.WriteLine(string.Join('\n', planes.Log));
    }

    [Fact]
    public async Task The_others_hold_what_a_node_held_that_died()
    {
        await using var planes = new PlanesUnderTest(recorders: 30);
        await planes.StartAsync("n1");
        await planes.StartAsync("n2");
        await planes.UntilMembersAsync("n1", "n2");
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        planes["n1"].Side.Held.ShouldNotBeEmpty();

        planes["n1"].Side.IsDead = true;
        await planes["n1"].KillControlPlaneAsync();

        var took = await planes.UntilEachHasOneHolderAsync("n2");
        output.WriteLine($"held again after {took}");
        output.WriteLine(string.Join('\n', planes.Log));
        took.ShouldBeLessThan(TimeSpan.FromSeconds(6));
    }
}
