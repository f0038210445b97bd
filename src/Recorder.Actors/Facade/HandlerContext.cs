using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>
/// Calls event handlers and logs their exceptions. As their synchronisation context it also gets the later exceptions of <c>async
/// void</c> handlers, which would otherwise end the process with every recording in it.
/// </summary>
internal sealed class HandlerContext(RecorderId recorder, ILogger logger) : SynchronizationContext
{
    public void Raise<T>(EventHandler<T>? handlers, object sender, T raised)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
            Run(_ => handler(sender, raised), null);
    }

    public override void Post(SendOrPostCallback d, object? state) =>
        ThreadPool.QueueUserWorkItem(work => Run(work.Callback, work.State), (Callback: d, State: state), preferLocal: false);

    public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

    public override SynchronizationContext CreateCopy() => this;

    private void Run(SendOrPostCallback callback, object? state)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
#pragma warning disable CA1031 // Handlers are the program's code and may throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FacadeLog.HandlerFailed(logger, recorder, exception);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
