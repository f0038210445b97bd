using Recorder.Browser.Tests;

namespace Recorder.Cluster.Tests;

/// <summary>docs/guide/cluster.md as it stands: two nodes, a camera, a program, a kill, a node that comes back, a drain, a file, a clean end.</summary>
public sealed class ClusterGuideSpecs
{
    [Fact]
    public async Task Every_command_of_the_clusters_guide_does_what_it_says()
    {
        await using var shell = new GuideShell("docs/guide/cluster.md");
        await shell.TypeAsync("recorder serves ");
        var nodes = await shell.TypeAsync("n2 ");
        nodes.ShouldMatch("n1 +up");
        nodes.ShouldMatch("n2 +up");
        (await shell.TypeAsync("hall")).ShouldContain("\"node\":\"n1\"");
        (await shell.TypeAsync("stage-right")).ShouldMatch("audience.*recording");
        var killed = await shell.TypeAsync("n2 ");
        killed.ShouldMatch("hall~.*");
        killed.ShouldMatch("n1 +dead");
        await shell.TypeAsync("");
        var blobs = (await File.ReadAllLinesAsync(shell["show.txt"])).Where(line => line.Contains(" blob ", StringComparison.Ordinal)).ToList();
        blobs.ShouldBeUnique();
        (await shell.TypeAsync("recorders")).ShouldContain("each of 5 has a node");
        (await shell.TypeAsync("hall.mp4")).ShouldContain("nothing is left on it");
        new FileInfo(shell["hall.mp4"]).Length.ShouldBeGreaterThan(10_000);
        (await shell.TypeAsync("")).ShouldContain("hall: inactive");
    }
}
