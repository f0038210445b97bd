using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Secrets;

internal static class EncryptedDefinition
{
    public static string Write(RecorderDefinition definition, ISecretCipher cipher) =>
        ProtocolJson.Write(Each(definition, cipher.Encrypt));

    /// <summary>Whether a text has a definition as it would be written now, whatever the encryption makes of it each time.</summary>
    public static bool IsSame(string json, RecorderDefinition definition, ISecretCipher cipher)
    {
        var written = ProtocolJson.Read<RecorderDefinition>(json);
        // What was written before there was a key has to be written again.
        var isPlain = (written.Source == definition.Source && cipher.Encrypt(definition.Source) != definition.Source)
            || (written.Preview is { } preview && preview == definition.Preview && cipher.Encrypt(preview) != preview);
        return !isPlain && ProtocolJson.Write(Each(written, cipher.Decrypt)) == ProtocolJson.Write(definition);
    }

    public static RecorderDefinition Read(string json, ISecretCipher cipher)
    {
        var definition = ProtocolJson.Read<RecorderDefinition>(json);
        return Each(definition, cipher.Decrypt);
    }

    // Both sources may have a password.
    private static RecorderDefinition Each(RecorderDefinition definition, Func<string, string> change) =>
        definition with { Source = change(definition.Source), Preview = definition.Preview is { } preview ? change(preview) : null };
}
