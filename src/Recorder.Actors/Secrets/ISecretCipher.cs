namespace Recorder.Actors.Secrets;

/// <summary>Encrypts the credentials of source URLs where they are stored. Safe to use from any thread.</summary>
internal interface ISecretCipher
{
    /// <summary>Encrypts a source's text; a text that cannot contain credentials is returned as it is.</summary>
    string Encrypt(string text);

    /// <summary>Decrypts the result of <see cref="Encrypt"/>; a text that was never encrypted is returned as it is.</summary>
    /// <exception cref="SecretUnreadableException">It was encrypted with another key, or changed.</exception>
    string Decrypt(string text);
}

internal sealed class SecretUnreadableException(string message) : Exception(message);
