using System.Security.Cryptography;
using System.Text;

namespace Recorder.Node.Security;

/// <summary>A session of a browser.</summary>
/// <param name="Key">The API key that it was begun with.</param>
/// <param name="Until">When it ends by itself.</param>
internal sealed record Session(ApiKey Key, DateTimeOffset Until);

/// <summary>
/// Signs which API key a browser showed, so that it need not keep the key. The signature is made with a secret of the node or its cluster, and with the
/// stored hash of the key: it holds after a restart and on each node that has the key, and on none once the key is removed.
/// </summary>
internal sealed class SessionSigner(byte[] secret, ApiKeyRing keys, TimeProvider time)
{
    private const string Version = "v1";

    /// <summary>How long a session lasts without a visit; each visit of a page renews it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Begins a session; null when the key is not known or has expired.</summary>
    public Session? Begin(string key) => keys.Find(key) is { } known ? Renew(known) : null;

    /// <summary>A session from now on. It ends with its key.</summary>
    public Session Renew(ApiKey key)
    {
        var until = Now + Lifetime;
        return new Session(key, key.ExpiresAt < until ? key.ExpiresAt.Value : until);
    }

    public string Sign(Session session)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Version}.{session.Key.Id}.{session.Until.ToUnixTimeSeconds()}");
        return $"{text}.{Convert.ToHexStringLower(SignatureOf(text, session.Key))}";
    }

    /// <summary>Null when nobody of this cluster signed it, or it has ended, or its key has.</summary>
    public Session? Read(string token)
    {
        if (token.Length > 200 || token.Split('.') is not [Version, var id, var seconds, { Length: 64 } signature])
            return null;

        if (keys.FindById(id) is not { } key || !TryReadHex(signature, out var given))
            return null;

        var isOurs = CryptographicOperations.FixedTimeEquals(SignatureOf(token[..^65], key), given);
        return isOurs && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            && DateTimeOffset.FromUnixTimeSeconds(until) is var end && end > Now ? new Session(key, end) : null;
    }

    private byte[] SignatureOf(string text, ApiKey key) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{text}\n{key.Hash}"));

    private static bool TryReadHex(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}
