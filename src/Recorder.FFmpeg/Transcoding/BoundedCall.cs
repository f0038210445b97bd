using System.Runtime.ExceptionServices;

namespace Recorder.FFmpeg;

/// <summary>Runs a native call that may never return; one that is given up keeps its thread and its data.</summary>
internal static class BoundedCall
{
    /// <returns>Whether the call returned in time. What it threw is thrown.</returns>
    public static bool Run(string name, TimeSpan within, Action call)
    {
        Exception? failure = null;
        // The event is not disposed, because a call that returns late still sets it.
        var done = new ManualResetEventSlim();
        Start(name, () =>
        {
#pragma warning disable CA1031 // Every exception is thrown again on the thread that waits.
            try
            {
                call();
            }
            catch (Exception error)
            {
                failure = error;
            }
            finally
            {
                done.Set();
            }
#pragma warning restore CA1031
        });
        if (!done.Wait(within))
            return false;
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return true;
    }

    /// <summary>Runs a call without waiting for it. The call must not throw.</summary>
    public static void Start(string name, Action call) => new Thread(() => call()) { IsBackground = true, Name = name }.Start();
}
