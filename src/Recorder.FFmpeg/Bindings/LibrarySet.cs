using System.Runtime.InteropServices;

namespace Recorder.FFmpeg.Bindings;

/// <summary>The libraries of one FFmpeg major. Each is loaded on first use and stays loaded until the process ends.</summary>
internal sealed class LibrarySet(Layout layout, string? folder)
{
    private const int OldestMajor = 56;
    private const int NewestMajor = 80;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, nint> _handles = [];

    public Layout Layout => layout;

    public static unsafe LibrarySet Open(string? folder)
    {
        if (!Environment.Is64BitProcess)
            throw Libraries.Unavailable("FFmpeg is supported in 64 bit processes only.");
        var layouts = Layout.All();
        foreach (var layout in layouts)
        {
            var set = new LibrarySet(layout, folder);
            if (!set.TryLoad("avutil") || !set.TryLoad("swresample") || !set.TryLoad("avcodec") || !set.TryLoad("avformat"))
                continue;
            var version = ((delegate* unmanaged[Cdecl]<uint>)set.Function("avcodec", "avcodec_version"))() >> 16;
            if (version == layout.Major("avcodec"))
                return set;
        }
        throw Libraries.Unavailable(Explain(layouts, folder));
    }

    public nint Function(string library, string name)
    {
        if (!TryLoad(library))
            throw Libraries.Unavailable($"FFmpeg's lib{library} was not found: apt-get install lib{library}{Layout.Major(library)}.");
        lock (_gate)
        {
            return NativeLibrary.TryGetExport(_handles[library], name, out var address)
                ? address
                : throw Libraries.Unavailable(
                    $"FFmpeg's lib{library} is too old, it has no function {name}: apt-get install {Layout.Packages}.");
        }
    }

    private static string Explain(IReadOnlyList<Layout> layouts, string? folder)
    {
        var remedy = $"apt-get install {layouts[0].Packages}";
        var place = folder is null ? "" : $" in {folder}";
        for (var major = NewestMajor; major >= OldestMajor; major--)
        {
            if (!NativeLibrary.TryLoad(FileName(folder, "avcodec", major), out var other))
                continue;
            NativeLibrary.Free(other);
            var supported = string.Join(", ", layouts.Select(l => l.Major("avcodec")));
            return $"FFmpeg's libavcodec {major}{place} is not supported ({supported} is), or its companions are missing: {remedy}.";
        }
        return $"FFmpeg's shared libraries were not found{place}: {remedy}.";
    }

    private static string FileName(string? folder, string library, int major)
    {
        var name = OperatingSystem.IsWindows() ? $"{library}-{major}.dll"
            : OperatingSystem.IsMacOS() ? $"lib{library}.{major}.dylib"
            : $"lib{library}.so.{major}";
        return folder is null ? name : Path.Combine(folder, name);
    }

    private bool TryLoad(string library)
    {
        lock (_gate)
        {
            if (_handles.ContainsKey(library))
                return true;
            if (!NativeLibrary.TryLoad(FileName(folder, library, Layout.Major(library)), out var handle))
                return false;
            _handles[library] = handle;
            return true;
        }
    }
}
