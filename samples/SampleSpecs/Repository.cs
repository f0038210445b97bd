using System.Diagnostics;

namespace SampleSpecs;

/// <summary>The paths of the packages and the samples, and running a program.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The folder of the packages that eng/test-samples made.</summary>
    public static string Packages => Path.Combine(Root, "artifacts/packages");

    public static string Sample(string name) => Path.Combine(Root, "samples", name);

    /// <summary>The program of a sample that eng/test-samples built.</summary>
    public static string Program(string sample) => Path.Combine(Sample(sample), "bin/Release/net10.0", sample + ".dll");

    /// <summary>Runs a command and returns its output. An exit code other than 0 fails the spec.</summary>
    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end.");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Recorder.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("The samples are run inside the repository, by eng/test-samples.");
    }
}
