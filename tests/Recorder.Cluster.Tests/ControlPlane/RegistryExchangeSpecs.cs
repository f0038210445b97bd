using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Wire;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>How two nodes find what differs in their registries.</summary>
public class RegistryExchangeSpecs
{
    private static readonly RegisteredRecorder[] Registry =
    [
        .. Enumerable.Range(0, 2000).Select(number => RegisteredRecorder.Create(
            new RecorderId($"cam-{number}"), $$"""{"source":"rtsp://camera-{{number}}/{{new string('"', 100)}}"}""", DesiredState.Recording, "n1")),
    ];

    private static NodeCard Card => new()
    {
        Node = "n1",
        Start = new StartId(1),
        Folder = "f1",
        Cluster = "c1",
        Url = new Uri("http://127.0.0.1:1"),
        Host = "127.0.0.1",
        Port = 4053,
    };

    [Fact]
    public void The_order_does_not_matter() =>
        RegistryExchange.FindDifferences(RegistryExchange.Digest(Registry), RegistryExchange.Digest(Registry.Reverse())).ShouldBeEmpty();

    [Fact]
    public void One_change_makes_one_part_differ_and_the_part_has_it()
    {
        RegisteredRecorder[] changed = [.. Registry];
        changed[77] = changed[77].Desire(DesiredState.Inactive, "n2");

        var different = RegistryExchange.FindDifferences(RegistryExchange.Digest(Registry), RegistryExchange.Digest(changed));

        different.Length.ShouldBe(1);
        RegistryExchange.Select(changed, different).SelectMany(piece => piece.Recorders).ShouldContain(changed[77]);
    }

    [Fact]
    public void Registries_are_compared_when_a_difference_lasts()
    {
        var (here, there) = (new FakeNodeSide(Card, []), new FakeNodeSide(Card, []));
        var (comparison, other) = (new RegistryComparison(here), new RegistryComparison(there));
        var address = new Akka.Actor.Address("akka.tcp", "recorder-cluster", "127.0.0.1", 4053);
        comparison.Hear(address, other.Sum).ShouldBeFalse();
        comparison.Hear(address, other.Sum).ShouldBeFalse("both are empty");

        there.Merge([Registry[0]]);
        comparison.Hear(address, other.Sum).ShouldBeFalse("the change may be on its way");
        comparison.Hear(address, other.Sum).ShouldBeTrue("it did not arrive");

        here.Merge([Registry[0]]);
        comparison.Hear(address, other.Sum).ShouldBeFalse("it has arrived");
        there.Merge([Registry[1]]);
        comparison.Hear(address, other.Sum).ShouldBeFalse("another change may be on its way");
        comparison.Hear(address, null).ShouldBeFalse("a node that does not say it");
    }

    [Fact]
    public void Pieces_fit_into_a_frame_and_have_everything()
    {
        var pieces = RegistryExchange.Split(Registry).ToList();

        pieces.SelectMany(piece => piece.Recorders).ShouldBe(Registry);
        pieces.Max(piece => new WireSerializer(null!).ToBinary(piece).Length).ShouldBeLessThan(110_000);
    }
}
