using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>The C library's heap, which holds all media.</summary>
public static unsafe class NativeHeap
{
    // malloc.h of glibc.
    private const int ArenaMax = -8;

    /// <summary>
    /// Lets threads share two arenas a processor; call it before anything else. glibc makes eight, and since media is allocated by one
    /// thread and freed by another, every one of them keeps its own worst moment: a third of the memory of 64 recorders. Does nothing where <c>MALLOC_ARENA_MAX</c> says how many, or where the C library is another.
    /// </summary>
    public static void ShareArenas()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null
            && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallopt", out var mallopt))
            _ = ((delegate* unmanaged[Cdecl]<int, int, int>)mallopt)(ArenaMax, 2 * Environment.ProcessorCount);
    }
}
