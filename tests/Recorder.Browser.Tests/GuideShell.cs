using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Browser.Tests;

/// <summary>A shell that is typed the blocks of a guide, with ports and folders of this spec's own.</summary>
internal sealed partial class GuideShell : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-guide-").FullName;
    private readonly Queue<string> _blocks;
    private readonly Process _shell;
    private int _typed;

    public GuideShell(string guide)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var text = File.ReadAllText(Path.Combine(Root, guide))
            .Replace("8554", Port(), StringComparison.Ordinal).Replace("8080", Port(), StringComparison.Ordinal)
            .Replace("8081", Port(), StringComparison.Ordinal)
            .Replace("tests/", $"{Root}/tests/", StringComparison.Ordinal)
            .Replace("dotnet run --project samples/ShowControl --", $"dotnet {Root}/tests/programs/ShowControl/bin/{configuration}/net10.0/ShowControl.dll", StringComparison.Ordinal);
        _blocks = new Queue<string>(Blocks().Matches(text).Select(match => match.Groups[1].Value));
        Address = new Uri("http://" + Regex.Match(text, "127.0.0.1:[0-9]+").Value);
        var program = Path.Combine(Root, "src/Recorder.Node/bin", configuration, "net10.0/recorder");
        File.CreateSymbolicLink(Path.Combine(_folder, "recorder"), program);
        var start = new ProcessStartInfo("bash", ["--norc"])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        start.Environment["RECORDER_URL"] = Address.ToString();
        _shell = Process.Start(start)!;
    }

    /// <summary>Where the guide's node is.</summary>
    public Uri Address { get; }

    public int Left => _blocks.Count;

    private static string Root { get; } = FindRoot();

    /// <summary>A file of the folder that the commands are typed in.</summary>
    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>Types the next block, which must succeed, and waits until it has said a text.</summary>
    /// <returns>What it said up to then.</returns>
    public async Task<string> TypeAsync(string says)
    {
        var (block, output) = (_blocks.Dequeue(), this[$"{++_typed}.out"]);
        await _shell.StandardInput.WriteAsync($"set -e; {{\n{block}}} >{output} 2>&1; echo typed {_typed}\n");
        await _shell.StandardInput.FlushAsync();
        using var limit = new CancellationTokenSource(Patience);
        string? answer;
        try
        {
            answer = await _shell.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"This did not end:\n{block}\n{await File.ReadAllTextAsync(output, CancellationToken.None)}");
        }

        answer.ShouldBe($"typed {_typed}", block + await File.ReadAllTextAsync(output, limit.Token));

        // What runs behind the shell says it when it is ready.
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await File.ReadAllTextAsync(output, limit.Token) is var said)
            {
                if (said.Contains(says, StringComparison.Ordinal))
                    return said;

                await tick.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }

        var last = await File.ReadAllTextAsync(output, CancellationToken.None);
        throw new TimeoutException($"'{says}' is not in what this says:\n{block}\n{last}");
    }

    public async ValueTask DisposeAsync()
    {
        _shell.Kill(entireProcessTree: true);
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Port() => FreePort.Take().ToString(CultureInfo.InvariantCulture);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Recorder.sln")))
            folder = folder.Parent!;

        return folder.FullName;
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
