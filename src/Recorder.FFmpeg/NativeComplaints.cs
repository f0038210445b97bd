using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// What FFmpeg complained of on this thread while this was in use, where its error codes do not say it: too many streams is out of memory to
/// it, and a picture that is too large invalid.
/// </summary>
internal sealed unsafe class NativeComplaints : IDisposable
{
    [ThreadStatic]
    private static NativeComplaints? _current;

    private readonly NativeComplaints? _outer = _current;

    public NativeComplaints() => _current = this;

    /// <summary>Whether a demuxer wanted more streams than it may make.</summary>
    public bool HasTooManyStreams { get; private set; }

    /// <summary>Whether a decoder was to make a picture larger than it may.</summary>
    public bool HasTooManyPixels { get; private set; }

    /// <summary>Takes note of a line of FFmpeg's log, by its format.</summary>
    public static void Note(byte* format)
    {
        if (_current is not { } current || format == null)
            return;
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(format);
        current.HasTooManyStreams |= text.IndexOf("max_streams"u8) >= 0;
        current.HasTooManyPixels |= text.IndexOf("max pixel count"u8) >= 0;
    }

    public void Dispose() => _current = _outer;
}
