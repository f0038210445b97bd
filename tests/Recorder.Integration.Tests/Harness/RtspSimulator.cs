using System.Diagnostics;
using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A camera: GStreamer's RTSP server in a process of its own, which can be killed and started again on its port.</summary>
public sealed class RtspSimulator : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly string _address;
    private Process? _process;

    private RtspSimulator(string[] arguments, string address) => (_arguments, _address) = (arguments, address);

    public int Port { get; } = FreePort.Take();

    public string Uri => $"rtsp://{_address}:{Port}/stream";

    /// <param name="arguments">What the script offers.</param>
    /// <param name="address">Where it listens.</param>
    public static async Task<RtspSimulator> StartAsync(string arguments, string address = "127.0.0.1")
    {
        var simulator = new RtspSimulator(Command.Split(arguments), address);
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
            "/usr/bin/python3", [script, "--port", Port.ToString(CultureInfo.InvariantCulture), "--address", _address, .. _arguments])
        {
            RedirectStandardOutput = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        line.ShouldBe($"ready {Port}", "the RTSP simulator did not start");
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
