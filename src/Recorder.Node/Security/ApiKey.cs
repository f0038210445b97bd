using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Recorder.Node.Security;

/// <summary>The rights of a key; each role includes the ones before it.</summary>
internal enum Role
{
    Unknown = 0,
    Viewer = 1,
    Operator = 2,

    /// <summary>Define, change and remove recorders and configure the node, too.</summary>
    Admin = 3,
}

/// <summary>An API key as it is stored: with a hash instead of the key itself.</summary>
internal sealed record ApiKey
{
    /// <summary>The id, with which the key begins and by which it is removed.</summary>
    public required string Id { get; init; }

    public string? Name { get; init; }
    public required Role Role { get; init; }

    /// <summary>SHA-256 of the whole key. A slow hash is not needed for 256 random bits.</summary>
    public required string Hash { get; init; }

    /// <summary>With <c>*</c>; empty means all recorders.</summary>
    public IReadOnlyList<string> Recorders { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool Covers(string recorder) => Recorders.Count == 0 || Recorders.Any(pattern => Matches(pattern, recorder));

    public static (string Token, ApiKey Key) Make(Role role, string? name, IReadOnlyList<string> recorders, DateTimeOffset now, TimeSpan? lifetime)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var token = $"rec_{id}_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=')}";
        return (token, new ApiKey
        {
            Id = id,
            Name = name,
            Role = role,
            Hash = HashOf(token),
            Recorders = recorders,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
    }

    public static string? IdOf(string token) => token.Length < 200 && token.Split('_', 3) is ["rec", { Length: 8 } id, { Length: > 0 }] ? id : null;

    /// <summary>Takes the same time for every text, so that the time tells an attacker nothing.</summary>
    public bool Is(string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(token)), Encoding.ASCII.GetBytes(Hash));

    public static bool IsPattern(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => c == '*' || char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Takes linear time whatever the pattern.</summary>
    public static bool Matches(string pattern, string recorder)
    {
        var expression = string.Join(".*", pattern.Split('*').Select(Regex.Escape));
        return Regex.IsMatch(recorder, $"^{expression}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}

internal sealed record ApiKeyFile(IReadOnlyList<ApiKey> Keys);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ApiKeyFile))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
