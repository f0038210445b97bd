using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Recorder.FFmpeg;

/// <summary>What FFmpeg's interrupt callback asks: is the deadline past, has somebody cancelled. Not the demuxer itself, so that a lost
/// demuxer can be collected.</summary>
internal sealed unsafe class InterruptState : IDisposable
{
    // FFmpeg's protocols wait for a socket a tenth of a second at a time, and ask in between.
    private static readonly long Turn = Stopwatch.Frequency / 10;

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

    /// <summary>For how long nothing came, as far as one who is asked can tell: a wait that was shorter than its turn ended with bytes.</summary>
    public TimeSpan SilentFor => Stopwatch.GetElapsedTime(Volatile.Read(ref _bytesAt));

    /// <summary>Where the context went, other than to the URL that it was to stay at.</summary>
    public string? StrayedTo { get; private set; }

    public AVIOInterruptCB Callback => new()
    {
        callback = new AVIOInterruptCB_callback_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&OnInterrupt },
        opaque = (void*)GCHandle.ToIntPtr(_self),
    };

    public void Arm(TimeSpan deadline)
    {
        TimedOut = false;
        _deadline = deadline <= TimeSpan.Zero || deadline == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : Stopwatch.GetTimestamp() + (long)(deadline.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>
    /// From now on what FFmpeg would do elsewhere is interrupted: RTSP's redirects change the context's URL before they connect, and nothing
    /// is sent without asking here first.
    /// </summary>
    public void KeepAt(AVFormatContext* context, string url)
    {
        _context = context;
        _url = Encoding.UTF8.GetBytes(url);
    }

    /// <summary>The context is about to go away.</summary>
    public void Forget() => _context = null;

    public void Cancel() => Volatile.Write(ref _cancelled, 1);

    /// <summary>Only after the native context is closed: it calls back until then.</summary>
    public void Dispose()
    {
        if (_self.IsAllocated)
            _self.Free();
    }

    /// <summary>Whether what blocks is to end.</summary>
    public bool IsDue()
    {
        if (Cancelled)
            return true;
        var now = Stopwatch.GetTimestamp();
        if (now - _askedAt < Turn * 3 / 4)
            Volatile.Write(ref _bytesAt, now);
        _askedAt = now;
        if (now > _deadline)
        {
            TimedOut = true;
            return true;
        }
        if (HasStrayed())
            return true;
        if (OnWaiting is { } waiting)
        {
#pragma warning disable CA1031 // An exception that leaves a native callback ends the process; here it ends the read.
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

    private bool HasStrayed()
    {
        if (StrayedTo is not null)
            return true;
        if (_context == null || _context->url == null)
            return false;
        var now = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_context->url);
        if (now.SequenceEqual(_url))
            return false;
        StrayedTo = Encoding.UTF8.GetString(now);
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnInterrupt(void* opaque) => ((InterruptState)GCHandle.FromIntPtr((nint)opaque).Target!).IsDue() ? 1 : 0;
}
