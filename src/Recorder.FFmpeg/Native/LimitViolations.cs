using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// Notes which limits a source exceeded while FFmpeg ran on this thread. FFmpeg reports that only in its log: its error codes say
/// "out of memory" for too many streams and "invalid data" for too large a frame.
/// </summary>
internal sealed unsafe class LimitViolations : IDisposable
{
    [ThreadStatic]
    private static LimitViolations? _current;

    private readonly LimitViolations? _outer = _current;

    public LimitViolations() => _current = this;

    public bool HasTooManyStreams { get; private set; }

    public bool HasTooManyPixels { get; private set; }

    /// <summary>Inspects a line of FFmpeg's log by its format string.</summary>
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
