using System.Diagnostics;

namespace SampleSpecs;

/// <summary>The sample ShowControl, a program that controls recorders of a node.</summary>
public class ShowControlSpecs
{
    [Fact]
    public async Task It_defines_four_recorders_on_a_node_and_prints_the_blobs_of_all()
    {
        var folder = Directory.CreateTempSubdirectory("recorder-sample-").FullName;
        var program = Environment.GetEnvironmentVariable("SPECS_PROGRAM") ?? Path.Combine(Repository.Root, "src/Recorder.Node/bin/Release/net10.0/recorder");
        var start = new ProcessStartInfo(program, ["serve", "--data", Path.Combine(folder, "data"), "--listen", "127.0.0.1:0"]) { RedirectStandardOutput = true };
        using var node = Process.Start(start)!;
        try
        {
            var address = "";
            while (address.Length == 0 && await node.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
                address = line.LastIndexOf(" on http://", StringComparison.Ordinal) is > 0 and var at ? line[(at + 11)..].TrimEnd('/') : "";

            var printed = await Repository.RunAsync(folder, "dotnet", Repository.Program("ShowControl"), address, "--blobs", "12");

            var blobs = printed.Split('\n').Where(line => line.Contains(" blob ", StringComparison.Ordinal)).ToList();
            Assert.Equal(12, blobs.Count);
            Assert.Equal(12, blobs.Distinct().Count());
            Assert.Equal(["audience", "backstage", "stage-left", "stage-right"], blobs.Select(line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
