using System.Collections.Frozen;
using System.Globalization;

namespace Recorder.FFmpeg.Generated;

/// <summary>The sizes and offsets of one libavcodec major, as the generator read them from the headers.</summary>
internal sealed class Layout
{
    private const string Prefix = "layouts/";

    [ThreadStatic]
    private static byte[]? _nowhere;

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

    /// <summary>Debian's packages of this major.</summary>
    public string Packages => string.Join(' ', _majors.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"lib{m.Key}{m.Value}"));

    /// <summary>The layouts there are, newest first.</summary>
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

    /// <summary>Offset of a field in the loaded libraries; the structs keep it in a static field, which the JIT makes a constant.</summary>
    public static int Offset(string field) =>
        Libraries.Layout._offsets.TryGetValue(field, out var offset)
            ? offset
            : throw new FFmpegUnavailableException($"The layout of libavcodec {Libraries.CodecMajor} has no {field}: run eng/generate-ffmpeg-bindings.");

    /// <summary>Address of a field; of a place where nothing is kept when this major has not got it.</summary>
    public static unsafe void* At(void* structure, int offset) => offset >= 0 ? (byte*)structure + offset : Nowhere();

    public int Major(string library) => _majors[library];

    private static unsafe void* Nowhere()
    {
        _nowhere ??= GC.AllocateArray<byte>(256, pinned: true);
        Array.Clear(_nowhere);
        return (void*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_nowhere, 0);
    }
}
