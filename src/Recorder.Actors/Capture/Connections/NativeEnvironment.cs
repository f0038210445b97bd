using System.Runtime.InteropServices;

namespace Recorder.Actors.Capture;

/// <summary>The environment as native libraries see it, which is not the one that .NET shows.</summary>
internal static class NativeEnvironment
{
    /// <summary>Takes a variable out: FFmpeg goes around its proxy for hosts that <c>no_proxy</c> names.</summary>
    public static void Unset(string name) => _ = UnsetNative(name);

    [DllImport("libc", EntryPoint = "unsetenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int UnsetNative([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
