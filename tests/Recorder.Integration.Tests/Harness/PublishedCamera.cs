using System.Diagnostics;
using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// A camera that publishes to a server (ANNOUNCE and RECORD) from which others fetch it: ffmpeg plays a file again and again to a server in
/// JavaScript, which relays it over UDP only. Needs node and npm, and the registry when first used.
/// </summary>
public sealed class PublishedCamera : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Harness", "rtsp-relay");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    private readonly List<Process> _processes = [];
    private readonly int _publish = FreePort.Take();

    private PublishedCamera()
    {
    }

    public int Port { get; } = FreePort.Take();

    public string Uri => $"rtsp://127.0.0.1:{Port}/camera";

    public static async Task<PublishedCamera> StartAsync(string file)
    {
        await Installed.Value;
        var camera = new PublishedCamera();
        try
        {
            await camera.RunAsync(file);
            return camera;
        }
        catch
        {
            await camera.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task RunAsync(string file)
    {
        int[] ports = [_publish, Port, FreePort.Take() & ~1];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var server = Start("node", ["server.js", .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))]);
        (await server.StandardOutput.ReadLineAsync(limit.Token)).ShouldBe("ready", "the relay did not start");

        // The first report of progress comes after the first packets.
        var publisher = Start("ffmpeg", Command.Split(
            $"-v error -nostats -nostdin -re -stream_loop -1 -i {file} -c copy -progress pipe:1 -f rtsp -rtsp_transport udp " +
            $"rtsp://127.0.0.1:{_publish}/camera"));
        (await publisher.StandardOutput.ReadLineAsync(limit.Token)).ShouldNotBeNull("ffmpeg could not publish");
        _ = publisher.StandardOutput.ReadToEndAsync(CancellationToken.None);
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        _processes.Add(process);
        return process;
    }

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "rtsp-streaming-server")))
            return;

        var result = await Command.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], Folder);
        result.ExitCode.ShouldBe(0, result.Error);
    }
}
