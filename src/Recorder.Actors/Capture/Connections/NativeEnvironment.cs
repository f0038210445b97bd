using System.Runtime.InteropServices;

namespace Recorder.Actors.Capture;

/// <summary>The environment variables as native libraries see them, which differ from those of .NET.</summary>
internal static class NativeEnvironment
{
    /// <summary>Removes a variable, such as <c>no_proxy</c>, for whose hosts FFmpeg would bypass the proxy.</summary>
    public static void Unset(string name) => _ = UnsetNative(name);

    [DllImport("libc", EntryPoint = "unsetenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int UnsetNative([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
