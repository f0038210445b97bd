using System.Text.Json;
using System.Text.Json.Serialization;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Wire;

/// <summary>
/// Reads a card by a constructor, because generated code gives an <c>init</c> property that is missing in the JSON no default but zero or null: a card of an
/// older node would have no labels at all.
/// </summary>
internal sealed class NodeCardConverter : JsonConverter<NodeCard>
{
    public override NodeCard Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, WireJson.Default.WireCard) is { } card
            ? card.ToCard()
            : throw new JsonException("A node's card is missing.");

    public override void Write(Utf8JsonWriter writer, NodeCard value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, WireCard.Of(value), WireJson.Default.WireCard);
}

/// <summary>A <see cref="NodeCard"/> as it is written. A field that comes later has a default here.</summary>
internal sealed record WireCard(
    string Node, StartId Start, string Folder, string Cluster, Uri Url, string Host, int Port, int Capacity = 1,
    IReadOnlyDictionary<string, string>? Labels = null, bool IsDraining = false, int Recorders = 0, long BytesPerSecond = 0,
    TimeSpan WriteLatency = default, string Version = "", bool IsLeaving = false, long Run = 0, long Revision = 0,
    CardCertificate? Certificate = null)
{
    public static WireCard Of(NodeCard card) => new(
        card.Node, card.Start, card.Folder, card.Cluster, card.Url, card.Host, card.Port, card.Capacity, card.Labels, card.IsDraining, card.Recorders,
        card.BytesPerSecond, card.WriteLatency, card.Version, card.IsLeaving, card.Run, card.Revision,
        card.Certificate);

    public NodeCard ToCard() => new()
    {
        Node = Node,
        Start = Start,
        Folder = Folder,
        Cluster = Cluster,
        Url = Url,
        Host = Host,
        Port = Port,
        Capacity = Capacity,
        Labels = Labels ?? new Dictionary<string, string>(),
        IsDraining = IsDraining,
        Recorders = Recorders,
        BytesPerSecond = BytesPerSecond,
        WriteLatency = WriteLatency,
        Version = Version,
        IsLeaving = IsLeaving,
        Run = Run,
        Revision = Revision,
        Certificate = Certificate,
    };
}
