using System.Text;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Wire;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>The bytes of every wire message, as nodes of other versions read them. A spec that fails here means a new field or a new manifest, not new bytes.</summary>
public class WireSpecs
{
    private static readonly RecorderId Recorder = new("cam-1");
    private static readonly StartId Start = new(0xab);
    private static readonly Tenure Tenure = new(7, "n1", Start);

    private static readonly NodeCard Card = new()
    {
        Node = "n1",
        Start = Start,
        Folder = "f1",
        Cluster = "c1",
        Url = new Uri("https://n1:8443"),
        Host = "n1",
        Port = 4053,
        Capacity = 2,
        Labels = new Dictionary<string, string> { ["site"] = "hall" },
        IsDraining = true,
        Recorders = 3,
        BytesPerSecond = 1_000_000,
        WriteLatency = TimeSpan.FromMilliseconds(20),
        Version = "0.2.0",
        IsLeaving = true,
        Run = 7,
        Revision = 9,
    };

    private static readonly Dictionary<string, (object Message, string Json)> Golden = new()
    {
        ["he1"] = (new Hello(Card, new StartId(0xcd), -7),
            """{"card":{"node":"n1","start":"00000000000000ab","folder":"f1","cluster":"c1","url":"https://n1:8443","host":"n1","port":4053,"capacity":2,"labels":{"site":"hall"},"isDraining":true,"recorders":3,"bytesPerSecond":1000000,"writeLatency":"00:00:00.0200000","version":"0.2.0","isLeaving":true,"run":7,"revision":9},"formation":"00000000000000cd","registry":-7}"""),
        ["hr1"] = (new HeldRecorders([new HeldRecorder(Recorder, new HolderReport(Tenure, IsConfirmed: true, IsStoring: false))]),
            """{"held":[{"recorder":"cam-1","report":{"tenure":{"term":7,"node":"n1","start":"00000000000000ab"},"isConfirmed":true,"isStoring":false,"isIdle":false}}]}"""),
        ["re1"] = (new Registers([RegisteredRecorder.Create(Recorder, """{"x":1}""", DesiredState.Recording, "n1")]),
            """{"recorders":[{"id":"cam-1","definition":{"value":{"json":"{\u0022x\u0022:1}"},"version":{"counter":1,"node":"n1"}},"desired":{"value":3,"version":{"counter":1,"node":"n1"}},"existence":{"value":true,"version":{"counter":2,"node":"n1"}}}]}"""),
        ["rd1"] = (new RegistryDigest([1, -2]), """{"parts":[1,-2]}"""),
        ["rw1"] = (new RegistersWanted([0, 63]), """{"parts":[0,63]}"""),
        ["ah1"] = (new AskToHold(Recorder, 7), """{"recorder":"cam-1","highestTerm":7}"""),
        ["ho1"] = (new HandOver(Recorder, Tenure), """{"recorder":"cam-1","successor":{"term":7,"node":"n1","start":"00000000000000ab"}}"""),
        ["ho2"] = (new HandedOver("{}"), """{"history":"{}"}"""),
    };

    public static TheoryData<string> Manifests => [.. Golden.Keys];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Bytes_are_as_ever(string manifest)
    {
        var (serializer, (message, json)) = (new WireSerializer(null!), Golden[manifest]);

        serializer.Identifier.ShouldBe(1720);
        serializer.Manifest(message).ShouldBe(manifest);
        Encoding.UTF8.GetString(serializer.ToBinary(message)).ShouldBe(json);
        var read = serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);
        Encoding.UTF8.GetString(serializer.ToBinary(read)).ShouldBe(json);
    }

    [Fact]
    public void Every_message_has_golden_bytes() =>
        typeof(IWireMessage).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IWireMessage)))
            .Except(Golden.Values.Select(entry => entry.Message.GetType())).ShouldBeEmpty();

    [Fact]
    public void A_field_of_a_newer_version_is_ignored() =>
        new WireSerializer(null!).FromBinary("""{"recorder":"cam-1","highestTerm":7,"mood":{"x":[1]}}"""u8.ToArray(), "ah1")
            .ShouldBe(new AskToHold(Recorder, 7));

    [Fact]
    public void A_card_without_the_fields_that_came_later_has_their_defaults()
    {
        var json = """{"card":{"node":"n1","start":"ab","folder":"f1","cluster":"c1","url":"https://n1:8443","host":"n1","port":4053}}""";

        var hello = (Hello)new WireSerializer(null!).FromBinary(Encoding.UTF8.GetBytes(json), "he1");

        hello.Formation.ShouldBeNull();
        hello.Registry.ShouldBeNull();
        hello.Card.Capacity.ShouldBe(1);
        hello.Card.Labels.ShouldBeEmpty();
    }
}
