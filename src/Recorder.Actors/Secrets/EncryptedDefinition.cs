using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Secrets;

internal static class EncryptedDefinition
{
    public static string Write(RecorderDefinition definition, ISecretCipher cipher) =>
        ProtocolJson.Write(definition with { Source = cipher.Encrypt(definition.Source) });

    /// <summary>Whether a text has a definition as it would be written now, whatever the encryption makes of it each time.</summary>
    public static bool IsSame(string json, RecorderDefinition definition, ISecretCipher cipher)
    {
        var written = ProtocolJson.Read<RecorderDefinition>(json);
        // What was written before there was a key has to be written again.
        var isPlain = written.Source == definition.Source && cipher.Encrypt(definition.Source) != definition.Source;
        return !isPlain && ProtocolJson.Write(written with { Source = cipher.Decrypt(written.Source) }) == ProtocolJson.Write(definition);
    }

    public static RecorderDefinition Read(string json, ISecretCipher cipher)
    {
        var definition = ProtocolJson.Read<RecorderDefinition>(json);
        return definition with { Source = cipher.Decrypt(definition.Source) };
    }
}
