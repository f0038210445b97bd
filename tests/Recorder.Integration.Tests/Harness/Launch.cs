using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// Starts programs as a terminal does: no signal is ignored. A process inherits which signals are, and specs that run behind
/// <c>nohup</c>, or in the background of a script, would else start programs that never hear of an interrupt.
/// </summary>
public static class Launch
{
    /// <summary>A program and its arguments, to be started. It has the id of the process that is started.</summary>
    public static ProcessStartInfo Of(IEnumerable<string> line) => new("/usr/bin/env", ["--default-signal", .. line]);

    /// <summary>Ignores a signal in this process and in those that it starts, until it is disposed.</summary>
    public static IDisposable Ignoring(int signal) => new Ignored(signal);

    private sealed class Ignored : IDisposable
    {
        // SIG_IGN, and no less than the longest struct sigaction, which begins with the handler.
        private const int Ignore = 1;
        private const int Longest = 512;

        private readonly int _signal;
        private readonly byte[] _before = new byte[Longest];

        public Ignored(int signal)
        {
            _signal = signal;
            var ignore = new byte[Longest];
            ignore[0] = Ignore;
            NativeMethods.Handle(signal, ignore, _before).ShouldBe(0);
        }

        public void Dispose() => NativeMethods.Handle(_signal, _before, new byte[Longest]).ShouldBe(0);
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "sigaction", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Handle(int signal, byte[] with, byte[] before);
    }
}
