using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Serialization;

namespace Recorder.Cluster.Wire;

/// <summary>Writes and reads every <see cref="IWireMessage"/>. Manifests and the identifier are part of the protocol and never change.</summary>
internal sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string Name = "recorder-wire";

    private static readonly Dictionary<string, JsonTypeInfo> ByManifest = new()
    {
        ["he1"] = WireJson.Default.Hello,
        ["hr1"] = WireJson.Default.HeldRecorders,
        ["re1"] = WireJson.Default.Registers,
        ["rd1"] = WireJson.Default.RegistryDigest,
        ["rw1"] = WireJson.Default.RegistersWanted,
        ["ah1"] = WireJson.Default.AskToHold,
        ["ho1"] = WireJson.Default.HandOver,
        ["ho2"] = WireJson.Default.HandedOver,
    };

    private static readonly Dictionary<Type, (string Manifest, JsonTypeInfo Json)> ByType =
        ByManifest.ToDictionary(entry => entry.Value.Type, entry => (entry.Key, entry.Value));

    public override int Identifier => 1720;

    public override string Manifest(object o) => Find(o).Manifest;

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, Find(obj).Json);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!ByManifest.TryGetValue(manifest, out var json))
            throw new SerializationException($"The message '{manifest}' is not known here: its sender is of a newer version.");

        return JsonSerializer.Deserialize(bytes, json) ?? throw new SerializationException($"The message '{manifest}' is empty.");
    }

    private static (string Manifest, JsonTypeInfo Json) Find(object message) =>
        ByType.TryGetValue(message.GetType(), out var found) ? found : throw new SerializationException($"{message.GetType()} is not a wire message.");
}
