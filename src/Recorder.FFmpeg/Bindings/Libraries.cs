using System.Runtime.InteropServices;

namespace Recorder.FFmpeg.Generated;

/// <summary>Finds FFmpeg's shared libraries of a major that there is a layout for, and their functions.</summary>
internal static class Libraries
{
    /// <summary>A folder to take the libraries from instead of the system's.</summary>
    public const string FolderVariable = "RECORDER_FFMPEG_DIR";

    private static readonly Lock Gate = new();
    private static LibrarySet? _set;

    public static Layout Layout => Load().Layout;

    public static int CodecMajor => Layout.Major("avcodec");

    public static LibrarySet Load()
    {
        if (Volatile.Read(ref _set) is { } loaded)
            return loaded;
        lock (Gate)
        {
            return _set ??= LibrarySet.Open(Environment.GetEnvironmentVariable(FolderVariable));
        }
    }

    public static nint Function(string library, string name) => Load().Function(library, name);
}

/// <summary>One major's libraries, each loaded when first used. They stay loaded as long as the process.</summary>
internal sealed class LibrarySet
{
    private const int Oldest = 56;
    private const int Newest = 80;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, nint> _handles = [];
    private readonly string? _folder;

    private LibrarySet(Layout layout, string? folder)
    {
        Layout = layout;
        _folder = folder;
    }

    public Layout Layout { get; }

    /// <exception cref="FFmpegUnavailableException">No library of a supported major.</exception>
    public static unsafe LibrarySet Open(string? folder)
    {
        if (!Environment.Is64BitProcess)
            throw new FFmpegUnavailableException("FFmpeg is supported in 64 bit processes only.");
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
        var remedy = $"apt-get install {layouts[0].Packages}";
        var place = folder is null ? "" : $" in {folder}";
        for (var major = Newest; major >= Oldest; major--)
        {
            if (NativeLibrary.TryLoad(FileName(folder, "avcodec", major), out var other))
            {
                NativeLibrary.Free(other);
                var supported = string.Join(", ", layouts.Select(l => l.Major("avcodec")));
                throw new FFmpegUnavailableException(
                    $"FFmpeg's libavcodec {major}{place} is not supported ({supported} is), or its companions are missing: {remedy}.");
            }
        }
        throw new FFmpegUnavailableException($"FFmpeg's shared libraries were not found{place}: {remedy}.");
    }

    public nint Function(string library, string name)
    {
        if (!TryLoad(library))
        {
            throw new FFmpegUnavailableException(
                $"FFmpeg's lib{library} was not found: apt-get install lib{library}{Layout.Major(library)}.");
        }
        lock (_gate)
        {
            return NativeLibrary.TryGetExport(_handles[library], name, out var address)
                ? address
                : throw new FFmpegUnavailableException(
                    $"FFmpeg's lib{library} has no {name}, it is older than the supported one: apt-get install {Layout.Packages}.");
        }
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
            if (!NativeLibrary.TryLoad(FileName(_folder, library, Layout.Major(library)), out var handle))
                return false;
            _handles[library] = handle;
            return true;
        }
    }
}
