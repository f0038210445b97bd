using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage;

/// <summary>Linux's own system calls, because <see cref="RandomAccess.FlushToDisk"/> reports success on a file system that has
/// become read-only after an error.</summary>
internal static class FileSync
{
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;
    private const int Interrupted = 4;
    private const int ReadOnlyDirectory = 0x10000 | 0x80000;
    private const uint StartWriting = 2;

    public static void Flush(SafeFileHandle file, string path)
    {
        while (fdatasync(file) < 0 && MustRepeat(path)) { }
    }

    /// <summary>Only a hint: <see cref="Flush"/> writes whatever is left.</summary>
    public static void BeginFlush(SafeFileHandle file) => _ = sync_file_range(file, 0, 0, StartWriting);

    /// <summary>Returns when the names of a folder's files are durable; else created or renamed ones may be lost.</summary>
    public static void FlushFolder(string path)
    {
        using var folder = open(path, ReadOnlyDirectory);
        if (folder.IsInvalid)
            throw Failure(path, Marshal.GetLastPInvokeError());

        while (fsync(folder) < 0 && MustRepeat(path)) { }
    }

    // A signal interrupts the call. Special files and file systems without a flush say that there is nothing to flush.
    private static bool MustRepeat(string path) => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => true,
        InvalidArgument or NotSupported => false,
        var error => throw Failure(path, error),
    };

    private static IOException Failure(string path, int error) => new($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // The system defines the names; generated marshalling would need unsafe code here.
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
