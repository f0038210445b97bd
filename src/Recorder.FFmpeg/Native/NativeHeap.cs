using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Settings of the C library's heap, from which all media is allocated.</summary>
public static unsafe class NativeHeap
{
    // M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD in glibc's malloc.h.
    private const int ArenaMax = -8;
    private const int MapThreshold = -3;
    private const int TrimThreshold = -1;

    /// <summary>
    /// Limits glibc's heap to two arenas per processor. Call it before anything else. glibc's default is eight, and media is
    /// often allocated by one thread and freed by another, so each arena keeps the memory of its own peak: with 64 recorders that
    /// was a third of the process. Does nothing if <c>MALLOC_ARENA_MAX</c> is set or the C library is not glibc.
    /// </summary>
    public static void ShareArenas() => Set("MALLOC_ARENA_MAX", ArenaMax, 2 * Environment.ProcessorCount);

    /// <summary>
    /// Lets glibc keep up to 16 MiB of freed memory at the end of each arena, and take blocks of up to 4 MiB from arenas; with more, it keeps more. By
    /// default the freed end of an arena is soon given back, and so is each large block. A muxer collects each fragment in a block that grows,
    /// so the pages of all media were mapped, cleared and given back once a second: with 64 recorders a tenth of the CPU time. Each of the two is
    /// left alone if its variable, <c>MALLOC_MMAP_THRESHOLD_</c> or <c>MALLOC_TRIM_THRESHOLD_</c>, is set, or <c>GLIBC_TUNABLES</c> names it; without
    /// glibc nothing is done.
    /// </summary>
    public static void KeepFreedMemory()
    {
        Set("MALLOC_MMAP_THRESHOLD_", MapThreshold, 4 << 20);
        Set("MALLOC_TRIM_THRESHOLD_", TrimThreshold, 16 << 20);
    }

    private static void Set(string variable, int option, int value)
    {
        // MALLOC_ARENA_MAX is glibc.malloc.arena_max there.
        var tunable = variable.Replace("MALLOC_", "glibc.malloc.", StringComparison.Ordinal).TrimEnd('_');
        if (Environment.GetEnvironmentVariable(variable) is null
            && Environment.GetEnvironmentVariable("GLIBC_TUNABLES")?.Contains(tunable, StringComparison.OrdinalIgnoreCase) != true
            && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallopt", out var mallopt))
            _ = ((delegate* unmanaged[Cdecl]<int, int, int>)mallopt)(option, value);
    }
}
