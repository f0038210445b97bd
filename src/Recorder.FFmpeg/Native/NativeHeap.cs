using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Settings of the C library's heap, from which all media is allocated.</summary>
public static unsafe class NativeHeap
{
    // M_ARENA_MAX in glibc's malloc.h.
    private const int ArenaMax = -8;

    /// <summary>
    /// Limits glibc's heap to two arenas per processor. Call it before anything else. glibc's default is eight, and media is
    /// often allocated by one thread and freed by another, so each arena keeps the memory of its own peak: with 64 recorders that
    /// was a third of the process. Does nothing if <c>MALLOC_ARENA_MAX</c> is set or the C library is not glibc.
    /// </summary>
    public static void ShareArenas()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null
            && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallopt", out var mallopt))
            _ = ((delegate* unmanaged[Cdecl]<int, int, int>)mallopt)(ArenaMax, 2 * Environment.ProcessorCount);
    }
}
