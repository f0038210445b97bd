using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg.Bindings;

/// <summary>Struct sizes, field offsets and constants of one libavcodec major, read from its headers by the generator.</summary>
internal sealed class Layout
{
    private const string Prefix = "layouts/";

    [ThreadStatic]
    private static byte[]? _missingField;

    private readonly Dictionary<string, int> _majors = [];
    private readonly FrozenDictionary<string, int> _offsets;

    private Layout(TextReader text)
    {
        var offsets = new Dictionary<string, int>();
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var words = line.Split(' ');
            var value = int.Parse(words[2], CultureInfo.InvariantCulture);
            if (words[0] == "library")
                _majors[words[1]] = value;
            else if (words[0] == "field")
                offsets[words[1]] = value;
            else if (words[0] == "struct")
                Sizes[words[1]] = value;
            else
                Constants[words[1]] = value;
        }
        _offsets = offsets.ToFrozenDictionary();
    }

    public Dictionary<string, int> Sizes { get; } = [];

    public Dictionary<string, int> Constants { get; } = [];

    public IReadOnlyDictionary<string, int> Offsets => _offsets;

    /// <summary>The names of Debian's packages with the libraries of this major, separated by spaces.</summary>
    public string Packages => string.Join(' ', _majors.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"lib{m.Key}{m.Value}"));

    /// <summary>Reads all embedded layouts, newest major first.</summary>
    public static IReadOnlyList<Layout> All()
    {
        var assembly = typeof(Layout).Assembly;
        var layouts = new List<Layout>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            layouts.Add(new Layout(reader));
        }
        return [.. layouts.OrderByDescending(l => l.Major("avcodec"))];
    }

    // Returns the offset of a field in the loaded libraries, -1 if this major does not have the field. The structs keep the
    // offset in a static field, which the JIT turns into a constant.
    public static int Offset(string field) =>
        Libraries.Layout._offsets.TryGetValue(field, out var offset)
            ? offset
            : throw Libraries.Unavailable($"The layout of libavcodec {Libraries.CodecMajor} has no {field}: run eng/generate-ffmpeg-bindings.");

    /// <summary>Returns the address of a field. A field that this major lacks reads as zero, and writes to it are lost.</summary>
    public static unsafe void* At(void* structure, int offset) => offset >= 0 ? (byte*)structure + offset : MissingField();

    public int Major(string library) => _majors[library];

    private static unsafe void* MissingField()
    {
        _missingField ??= GC.AllocateArray<byte>(256, pinned: true);
        Array.Clear(_missingField);
        return (void*)Marshal.UnsafeAddrOfPinnedArrayElement(_missingField, 0);
    }
}
