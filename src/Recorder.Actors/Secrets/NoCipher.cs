namespace Recorder.Actors.Secrets;

internal sealed class NoCipher : ISecretCipher
{
    public static readonly NoCipher Instance = new();

    public string Encrypt(string text) => text;

    public string Decrypt(string text) => text;
}
