using System.Runtime.ExceptionServices;

namespace Recorder.FFmpeg;

/// <summary>
/// Runs a call into a native library that may never return on a thread of its own, and waits no longer than told. A call that is given up
/// keeps its thread and what it works on; it ends with the process at the latest.
/// </summary>
internal static class BoundedCall
{
    /// <summary>Runs the call.</summary>
    /// <returns>Whether it returned in time; what it threw is thrown here.</returns>
    public static bool Run(string name, TimeSpan within, Action call)
    {
        Exception? failure = null;
        // Not disposed of: a call that returns late still signals it.
        var done = new ManualResetEventSlim();
        Start(name, () =>
        {
#pragma warning disable CA1031 // Whatever it is, it is thrown on the thread that waits.
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

    /// <summary>Runs a call that nobody waits for, and that does not throw.</summary>
    public static void Start(string name, Action call) => new Thread(() => call()) { IsBackground = true, Name = name }.Start();
}
