using System.Diagnostics;
using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>Cameras whose pictures carry a clock strip (<c>eng/clock-camera</c>), in a process of their own. <c>ClockStrip</c> reads it.</summary>
public sealed class ClockCameras : IAsyncDisposable
{
    private readonly Process _process;

    private ClockCameras(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>The time from one frame to the next.</summary>
    public static TimeSpan Frame => TimeSpan.FromMilliseconds(80);

    /// <param name="count">How many cameras.</param>
    /// <param name="arguments">More of what the script offers.</param>
    public static async Task<ClockCameras> StartAsync(int count, string arguments = "")
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Harness", "clock-camera");
        var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", [script, "--cameras", count.ToString(CultureInfo.InvariantCulture), .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
        {
            RedirectStandardOutput = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var said = (await process.StandardOutput.ReadLineAsync(limit.Token))?.Split(' ');
        said.ShouldNotBeNull("the cameras did not start");
        said[0].ShouldBe("ready");
        return new ClockCameras(process, int.Parse(said[1], CultureInfo.InvariantCulture));
    }

    /// <param name="number">From 1 on.</param>
    public string Uri(int number) => $"rtsp://127.0.0.1:{Port}/camera{number}";

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
