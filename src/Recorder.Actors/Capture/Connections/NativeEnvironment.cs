using System.Runtime.InteropServices;

namespace Recorder.Actors.Capture;

/// <summary>The environment of native libraries, which differs from that of .NET.</summary>
internal static class NativeEnvironment
{
    /// <summary>For the hosts of <c>no_proxy</c> FFmpeg would bypass the proxy.</summary>
    [DllImport("libc", EntryPoint = "unsetenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Unset([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
