namespace Recorder.Actors.Secrets;

/// <summary>Keeps the credentials of source URLs unreadable where they are stored. Safe to use from any thread.</summary>
internal interface ISecretCipher
{
    /// <summary>What to store instead of a source's text; a text that can hold no credentials stays as it is.</summary>
    string Encrypt(string text);

    /// <summary>The text that <see cref="Encrypt"/> was given; what was never sealed stays as it is.</summary>
    /// <exception cref="SecretUnreadableException">It was sealed with another key, or changed.</exception>
    string Decrypt(string text);
}

/// <summary>A secret that this node's key does not open.</summary>
/// <param name="message">One sentence that says what to do.</param>
internal sealed class SecretUnreadableException(string message) : Exception(message);
