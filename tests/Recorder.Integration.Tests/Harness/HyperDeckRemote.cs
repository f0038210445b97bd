using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// A remote control of HyperDecks: the package that studios' automation uses, run by node. Needs node and npm, and the registry when first used.
/// </summary>
public sealed class HyperDeckRemote : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Harness", "hyperdeck-client");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    private readonly Process _process;
    private readonly Task<string> _error;

    private HyperDeckRemote(string name, IEnumerable<int> ports)
    {
        string[] arguments = ["client.js", name, .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))];
        _process = Process.Start(new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a clip on the decks at some ports; they record when the task ends.</summary>
    public static async Task<HyperDeckRemote> RecordAsync(string name, params IEnumerable<int> ports)
    {
        await Installed.Value;
        var remote = new HyperDeckRemote(name, ports);
        try
        {
            (await remote.ReadAsync()).ShouldBe("recording");
            return remote;
        }
        catch
        {
            await remote.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the decks, and returns what each told.</summary>
    public async Task<IReadOnlyList<JsonElement>> StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        using var heard = JsonDocument.Parse(await ReadAsync() ?? "[]");
        return [.. heard.RootElement.Clone().EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(RecorderProcess.Patience);
        var line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        if (line is null)
            throw new InvalidOperationException($"The remote control ended:\n{await _error}");

        return line;
    }

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "hyperdeck-connection")))
            return;

        var result = await Command.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], Folder);
        result.ExitCode.ShouldBe(0, result.Error);
    }
}
