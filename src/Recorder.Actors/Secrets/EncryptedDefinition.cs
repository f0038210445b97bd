using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Secrets;

internal static class EncryptedDefinition
{
    public static string Write(RecorderDefinition definition, ISecretCipher cipher) =>
        ProtocolJson.Write(definition with { Source = cipher.Encrypt(definition.Source) });

    public static RecorderDefinition Read(string json, ISecretCipher cipher)
    {
        var definition = ProtocolJson.Read<RecorderDefinition>(json);
        return definition with { Source = cipher.Decrypt(definition.Source) };
    }
}
