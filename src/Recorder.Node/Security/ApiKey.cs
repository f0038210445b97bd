using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Recorder.Node.Security;

/// <summary>What a key allows; each role includes those before it.</summary>
internal enum Role
{
    /// <summary>Nothing.</summary>
    Unknown = 0,

    /// <summary>Look and listen.</summary>
    Viewer = 1,

    /// <summary>Start, stop, mark and push too.</summary>
    Operator = 2,

    /// <summary>Define, remove and configure too.</summary>
    Admin = 3,
}

/// <summary>An API key as it is kept: never the key itself.</summary>
internal sealed record ApiKey
{
    /// <summary>What the key begins with, and what it is removed by.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it by.</summary>
    public string? Name { get; init; }

    public required Role Role { get; init; }

    /// <summary>SHA-256 of the whole key: enough for 256 random bits, which no table holds.</summary>
    public required string Hash { get; init; }

    /// <summary>Patterns of the recorders it is for, with <c>*</c>; none means all.</summary>
    public IReadOnlyList<string> Recorders { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working; null never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it is for this recorder.</summary>
    public bool Covers(string recorder) => Recorders.Count == 0 || Recorders.Any(pattern => Matches(pattern, recorder));

    /// <summary>Makes a key and what is kept of it.</summary>
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

    /// <summary>The id that a key says it has; null when it is no key.</summary>
    public static string? IdOf(string token) => token.Length < 200 && token.Split('_', 3) is ["rec", { Length: 8 } id, { Length: > 0 }] ? id : null;

    /// <summary>Whether this is the key; takes as long for any other.</summary>
    public bool Is(string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(token)), Encoding.ASCII.GetBytes(Hash));

    /// <summary>Whether a text is a pattern of recorders.</summary>
    public static bool IsPattern(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => c == '*' || char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether a recorder is one of a pattern. Only letters that ids have, and stars: linear, whatever the pattern.</summary>
    public static bool Matches(string pattern, string recorder)
    {
        var expression = string.Join(".*", pattern.Split('*').Select(Regex.Escape));
        return Regex.IsMatch(recorder, $"^{expression}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}

/// <summary>The file of keys.</summary>
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
