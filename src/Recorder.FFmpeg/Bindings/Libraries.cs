namespace Recorder.FFmpeg.Bindings;

/// <summary>The FFmpeg shared libraries that this process uses, loaded on first use.</summary>
internal static class Libraries
{
    /// <summary>Environment variable: a folder to load the libraries from instead of the system's folders.</summary>
    public const string FolderVariable = "RECORDER_FFMPEG_DIR";

    private static readonly Lock Gate = new();
    private static LibrarySet? _set;

    // Creates the exception for a library, function or field that is missing. The public layer sets its own exception type here,
    // so that the bindings do not depend on that layer.
    public static Func<string, Exception> Unavailable { get; set; } = message => new DllNotFoundException(message);

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
