namespace Recorder.Actors.Secrets;

/// <summary>Leaves every text unencrypted.</summary>
internal sealed class NoCipher : ISecretCipher
{
    public static readonly NoCipher Instance = new();

    public string Encrypt(string text) => text;

    public string Decrypt(string text) => text;
}
