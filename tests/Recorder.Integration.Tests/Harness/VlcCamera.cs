using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A camera that is VLC: its RTSP server plays a file again and again, over UDP only.</summary>
public sealed class VlcCamera : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private Process _process = null!;

    private VlcCamera()
    {
    }

    public int Port { get; } = FreePort.Take();

    public string Uri => $"rtsp://127.0.0.1:{Port}/stream";

    /// <param name="file">H.264 and AAC in MP4, for example.</param>
    /// <param name="sound">Whether its sound is sent, too. Before the first sender reports, the RTP times of the two have nothing in common.</param>
    public static async Task<VlcCamera> StartAsync(string file, bool sound = true)
    {
        var camera = new VlcCamera();
        await camera.RunAsync(file, sound);
        try
        {
            await camera.PlaysAsync();
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
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task RunAsync(string file, bool sound)
    {
        // VLC refuses to be root, and whom it is instead may not read what root made for itself.
        var copy = _folder.File("clip.mp4");
        File.Copy(file, copy);
        (await Command.RunAsync("chmod", ["-R", "a+rX", _folder.Root])).ExitCode.ShouldBe(0);
        string[] line =
        [
            .. Environment.UserName == "root" ? new[] { "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups" } : [],
            "cvlc", "--quiet", "--no-interact", "--intf", "dummy", "--loop", copy, "--sout-keep", "--sout-all",
            sound ? "--sout-audio" : "--no-sout-audio", "--sout", $"#rtp{{sdp=rtsp://127.0.0.1:{Port}/stream}}",
        ];
        var info = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        info.Environment["HOME"] = Path.GetTempPath();
        _process = Process.Start(info)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>VLC says nothing when it is ready: asks until the stream is there.</summary>
    private async Task PlaysAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await DescribesAsync(limit.Token))
        {
            _process.HasExited.ShouldBeFalse("VLC did not start");
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task<bool> DescribesAsync(CancellationToken limit)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port, limit);
            using var reader = new StreamReader(client.GetStream());
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"DESCRIBE {Uri} RTSP/1.0\r\nCSeq: 1\r\n\r\n"), limit);
            return await reader.ReadLineAsync(limit) == "RTSP/1.0 200 OK";
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            return false;
        }
    }
}
