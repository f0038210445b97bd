using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Recorder.FFmpeg;

// The native handle refers to this object and not to the demuxer, so that a demuxer that is never disposed can be collected.
internal sealed unsafe class InterruptState : IDisposable
{
    // FFmpeg's protocols wait for a socket for a tenth of a second at a time, and call back in between.
    private static readonly long PollInterval = Stopwatch.Frequency / 10;

    private readonly GCHandle _self;
    private long _askedAt;
    private long _bytesAt = Stopwatch.GetTimestamp();
    private long _deadline = long.MaxValue;
    private int _cancelled;
    private AVFormatContext* _context;
    private byte[] _url = [];

    public InterruptState() => _self = GCHandle.Alloc(this);

    public bool TimedOut { get; private set; }

    public bool Cancelled => Volatile.Read(ref _cancelled) != 0;

    public Action? OnWaiting { get; set; }

    // The time since bytes arrived, estimated from the callbacks: a wait that ended before FFmpeg's poll interval ended with
    // bytes.
    public TimeSpan SilentFor => Stopwatch.GetElapsedTime(Volatile.Read(ref _bytesAt));

    public string? RedirectedTo { get; private set; }

    public AVIOInterruptCB Callback => new() { callback = &OnInterrupt, opaque = (void*)GCHandle.ToIntPtr(_self) };

    /// <summary>Starts a deadline; zero or an infinite time span means none.</summary>
    public void Arm(TimeSpan deadline)
    {
        TimedOut = false;
        _deadline = deadline <= TimeSpan.Zero || deadline == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : Stopwatch.GetTimestamp() + (long)(deadline.TotalSeconds * Stopwatch.Frequency);
    }

    // Interrupts FFmpeg when it leaves this URL. An RTSP redirect changes the context's URL before FFmpeg connects to it, and
    // FFmpeg calls back before it sends anything.
    public void RequireUrl(AVFormatContext* context, string url)
    {
        _context = context;
        _url = Encoding.UTF8.GetBytes(url);
    }

    public void ForgetContext() => _context = null;

    public void Cancel() => Volatile.Write(ref _cancelled, 1);

    /// <summary>Frees the handle. Call this only after the native context is closed, because it calls back until then.</summary>
    public void Dispose()
    {
        if (_self.IsAllocated)
            _self.Free();
    }

    public bool ShouldInterrupt()
    {
        if (Cancelled)
            return true;
        var now = Stopwatch.GetTimestamp();
        if (now - _askedAt < PollInterval * 3 / 4)
            Volatile.Write(ref _bytesAt, now);
        _askedAt = now;
        if (now > _deadline)
        {
            TimedOut = true;
            return true;
        }
        if (IsRedirected())
            return true;
        if (OnWaiting is { } waiting)
        {
#pragma warning disable CA1031 // An exception that leaves a native callback ends the process; FFmpeg ends the read instead.
            try
            {
                waiting();
            }
            catch (Exception)
            {
                return true;
            }
#pragma warning restore CA1031
        }
        return false;
    }

    private bool IsRedirected()
    {
        if (RedirectedTo is not null)
            return true;
        if (_context == null || _context->url == null)
            return false;
        var now = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_context->url);
        if (now.SequenceEqual(_url))
            return false;
        RedirectedTo = Encoding.UTF8.GetString(now);
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnInterrupt(void* opaque) => ((InterruptState)GCHandle.FromIntPtr((nint)opaque).Target!).ShouldInterrupt() ? 1 : 0;
}
