using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage;

/// <summary>
/// Linux's own calls for making writes durable. <see cref="RandomAccess.FlushToDisk"/> takes a file system that turned read-only, as one
/// does after an error, for one that has nothing to flush.
/// </summary>
internal static class FileSync
{
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;
    private const int Interrupted = 4;
    private const int ReadOnlyDirectory = 0x10000 | 0x80000;
    private const uint StartWriting = 2;

    /// <exception cref="IOException">What was written may be lost.</exception>
    public static void Flush(SafeFileHandle file, string path)
    {
        while (fdatasync(file) < 0 && MustRepeat(path))
        {
        }
    }

    /// <summary>A hint: where it does nothing, <see cref="Flush"/> does it all.</summary>
    public static void BeginFlush(SafeFileHandle file) => _ = sync_file_range(file, 0, 0, StartWriting);

    /// <exception cref="IOException">Files made or renamed in it may be lost.</exception>
    public static void FlushFolder(string path)
    {
        using var folder = open(path, ReadOnlyDirectory);
        if (folder.IsInvalid)
        {
            throw Failure(path, Marshal.GetLastPInvokeError());
        }

        while (fsync(folder) < 0 && MustRepeat(path))
        {
        }
    }

    // After a signal. A special file, or a file system that knows no flush, has none that could fail.
    private static bool MustRepeat(string path) => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => true,
        InvalidArgument or NotSupported => false,
        var error => throw Failure(path, error),
    };

    private static IOException Failure(string path, int error) => new($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // The names are the system's; generated marshalling would need unsafe code here.
    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int sync_file_range(SafeFileHandle file, long offset, long count, uint flags);

    [DllImport("libc", SetLastError = true)]
    private static extern SafeFileHandle open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
#pragma warning restore IDE1006, SYSLIB1054, CA5392
}
