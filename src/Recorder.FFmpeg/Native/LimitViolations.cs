using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Notes which limits a source exceeded on this thread, which FFmpeg reports only in its log.</summary>
internal sealed unsafe class LimitViolations : IDisposable
{
    [ThreadStatic]
    private static LimitViolations? _current;

    private readonly LimitViolations? _outer = _current;

    public LimitViolations() => _current = this;

    public bool HasTooManyStreams { get; private set; }

    public bool HasTooManyPixels { get; private set; }

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
