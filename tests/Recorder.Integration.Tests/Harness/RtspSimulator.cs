using System.Diagnostics;
using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A camera: GStreamer's RTSP server in a process of its own, which can be killed and started again on its port.</summary>
public sealed class RtspSimulator : IAsyncDisposable
{
    private readonly string[] _arguments;
    private Process? _process;

    private RtspSimulator(string[] arguments) => _arguments = arguments;

    public int Port { get; } = FreePort.Take();

    public string Uri => $"rtsp://127.0.0.1:{Port}/stream";

    public static async Task<RtspSimulator> StartAsync(string arguments)
    {
        var simulator = new RtspSimulator(Command.Split(arguments));
        await simulator.StartAgainAsync();
        return simulator;
    }

    /// <summary>The power cord: SIGKILL, nothing is said to the clients.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async Task StartAgainAsync()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Harness", "rtsp-simulator.py");
        _process = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", [script, "--port", Port.ToString(CultureInfo.InvariantCulture), .. _arguments])
        {
            RedirectStandardOutput = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        line.ShouldBe($"ready {Port}", "the RTSP simulator did not start");
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
