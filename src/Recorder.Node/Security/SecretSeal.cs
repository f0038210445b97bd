using System.Security.Cryptography;
using System.Text;
using Recorder.Actors.Secrets;

namespace Recorder.Node.Security;

/// <summary>Encrypts credentials with AES-256-GCM under a key that is made at the first start: <c>data/keys/secret.key</c>,
/// readable by this user only. A copy of the data folder without that file reveals no camera's password.</summary>
internal sealed class SecretSeal : ISecretCipher, IDisposable
{
    private const string Prefix = "sealed:v1:";
    private const int KeyBytes = 32;
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    private readonly AesGcm _aes;
    private readonly Lock _lock = new();
    private readonly string _file;

    private SecretSeal(byte[] key, string file)
    {
        (_aes, _file) = (new AesGcm(key, TagBytes), file);
        SessionKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: "recorder sessions"u8.ToArray());
    }

    /// <summary>What sessions are signed with: derived from the key.</summary>
    public byte[] SessionKey { get; }

    /// <summary>Makes the key if there is none.</summary>
    public static SecretSeal In(string folder)
    {
        PrivateFile.MakeFolder(folder);
        var file = Path.Combine(folder, "secret.key");
        var fresh = RandomNumberGenerator.GetBytes(KeyBytes);
        // Of two nodes that start together one makes the key, and the other reads it.
        PrivateFile.TryCreate(file, Encoding.ASCII.GetBytes(Convert.ToBase64String(fresh) + "\n"));
        var key = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(File.ReadAllText(file).Trim(), key, out var length) && length == KeyBytes
            ? new SecretSeal(key[..KeyBytes], file)
            : throw new IOException(
                $"'{file}' does not contain a key; restore the file, or remove it and set the sources of the recorders again.");
    }

    /// <summary>Encrypts under a key of 32 bytes that is stored elsewhere; <paramref name="place"/> is for messages.</summary>
    public static SecretSeal Of(byte[] key, string place) => new(key, place);

    public string Encrypt(string text) =>
        // A path or a test pattern has no credentials, and stays readable in the files.
        text.Contains("://", StringComparison.Ordinal) ? SealSecret(text) : text;

    public string SealSecret(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var all = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = all.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        lock (_lock)
        {
            _aes.Encrypt(nonce, plain, all.AsSpan(NonceBytes + TagBytes), all.AsSpan(NonceBytes, TagBytes));
        }

        return Prefix + Convert.ToBase64String(all);
    }

    public string Decrypt(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return text;

        try
        {
            var all = Convert.FromBase64String(text[Prefix.Length..]);
            var plain = new byte[Math.Max(0, all.Length - NonceBytes - TagBytes)];
            lock (_lock)
            {
                _aes.Decrypt(all.AsSpan(0, NonceBytes), all.AsSpan(NonceBytes + TagBytes), all.AsSpan(NonceBytes, TagBytes), plain);
            }

            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception error) when (error is CryptographicException or FormatException or ArgumentException)
        {
            throw new SecretUnreadableException(
                $"The source was encrypted with another key than '{_file}', or its text was changed; restore the key, or set the source again.");
        }
    }

    public void Dispose() => _aes.Dispose();
}
