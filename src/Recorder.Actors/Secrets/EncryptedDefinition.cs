using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Secrets;

/// <summary>A definition as it is stored: JSON, the source sealed.</summary>
internal static class EncryptedDefinition
{
    public static string Write(RecorderDefinition definition, ISecretCipher seal) =>
        ProtocolJson.Write(definition with { Source = seal.Encrypt(definition.Source) });

    public static RecorderDefinition Read(string json, ISecretCipher seal)
    {
        var definition = ProtocolJson.Read<RecorderDefinition>(json);
        return definition with { Source = seal.Decrypt(definition.Source) };
    }
}
