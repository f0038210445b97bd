using System.Runtime.InteropServices;

namespace Recorder.Node.Cli.Terminal;

/// <summary>Handles SIGINT (Ctrl-C), SIGTERM and SIGHUP: the first signal stops, the second aborts.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _stop;
    private readonly Action _abort;
    private int _count;

    public StopSignals(Action stop, Action abort)
    {
        (_stop, _abort) = (stop, abort);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    internal void OnSignal()
    {
        if (Interlocked.Increment(ref _count) == 1)
            _stop();
        else
            _abort();
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        OnSignal();
    }
}
