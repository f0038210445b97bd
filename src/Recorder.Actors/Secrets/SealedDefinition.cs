using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Secrets;

/// <summary>A definition as it is stored: JSON, the source sealed.</summary>
internal static class SealedDefinition
{
    public static string Write(RecorderDefinition definition, ISecretSeal seal) =>
        ProtocolJson.Write(definition with { Source = seal.Seal(definition.Source) });

    public static RecorderDefinition Read(string json, ISecretSeal seal)
    {
        var definition = ProtocolJson.Read<RecorderDefinition>(json);
        return definition with { Source = seal.Open(definition.Source) };
    }
}
