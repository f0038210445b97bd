using System.Security.Cryptography;

namespace Recorder.Node.Page;

/// <summary>One file of the page, out of the node's assembly.</summary>
internal sealed record PageFile(ReadOnlyMemory<byte> Bytes, string ContentType, string Tag)
{
    // Nothing else is embedded: an unknown kind of file is a mistake of the build.
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    };

    public static PageFile Read(string resource)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new PageFile(bytes, Types[Path.GetExtension(resource)], $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..12])}\"");
    }
}
