using System.Runtime.InteropServices;

namespace Recorder.Actors.Capture;

/// <summary>The environment of native libraries, which differs from that of .NET.</summary>
internal static class NativeEnvironment
{
    /// <summary>For the hosts of <c>no_proxy</c> FFmpeg would bypass the proxy.</summary>
    public static void Unset(string name) => _ = UnsetNative(name);

    [DllImport("libc", EntryPoint = "unsetenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int UnsetNative([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
