using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>What FFmpeg's interrupt callback asks: is the deadline past, has somebody cancelled. Not the demuxer itself, so that a lost
/// demuxer can be collected.</summary>
internal sealed unsafe class InterruptState : IDisposable
{
    private readonly GCHandle _self;
    private long _deadline = long.MaxValue;
    private int _cancelled;

    public InterruptState() => _self = GCHandle.Alloc(this);

    public bool TimedOut { get; private set; }

    public bool Cancelled => Volatile.Read(ref _cancelled) != 0;

    public Action? OnWaiting { get; set; }

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

    public void Cancel() => Volatile.Write(ref _cancelled, 1);

    /// <summary>Only after the native context is closed: it calls back until then.</summary>
    public void Dispose()
    {
        if (_self.IsAllocated)
            _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnInterrupt(void* opaque)
    {
        var state = (InterruptState)GCHandle.FromIntPtr((nint)opaque).Target!;
        if (state.Cancelled)
            return 1;
        if (Stopwatch.GetTimestamp() > state._deadline)
        {
            state.TimedOut = true;
            return 1;
        }
        if (state.OnWaiting is { } waiting)
        {
#pragma warning disable CA1031 // An exception that leaves a native callback ends the process; here it ends the read.
            try
            {
                waiting();
            }
            catch (Exception)
            {
                return 1;
            }
#pragma warning restore CA1031
        }
        return 0;
    }
}
