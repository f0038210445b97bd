using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>Which entities a node asks its region for, and how often.</summary>
public sealed class EntityStarterSpecs : TestKit
{
    private const int Recorders = 1800;
    private const int MostAtOnce = 500;

    // With each tick it asked for all: the region's buffer of 50,000 was full within seconds, and the heartbeats of a busy machine came late.
    [Fact]
    public void Thousands_of_entities_are_asked_for_in_turn()
    {
        var side = new FakeNodeSide(Cards.Of("n1"), [.. Enumerable.Range(0, Recorders).Select(n => new WantedRecorder(new RecorderId($"r{n}"), "", IsExclusive: false))]);
        var sight = new ClusterSight(side, TimeProvider.System);
        sight.SetMembers(
            ImmutableDictionary<string, SeenMember>.Empty.Add("n1", new SeenMember(Address.AllSystems, side.Card)), ImmutableDictionary<Address, NodeCard>.Empty);
        var region = CreateTestProbe();

        Sys.ActorOf(Props.Create(() => new EntityStarter(sight, region)));

        // Of four ticks, the last asks for those that were asked for longest ago as well.
        List<string> asked = [.. Enumerable.Range(0, 4 * MostAtOnce).Select(_ => region.ExpectMsg<ShardRegion.StartEntity>(TimeSpan.FromSeconds(10)).EntityId)];
        asked.Take(MostAtOnce).ShouldBeUnique();
        asked.Take(Recorders).ShouldBeUnique();
        asked.Skip(Recorders).ShouldBeSubsetOf(asked.Take(MostAtOnce));
    }
}
