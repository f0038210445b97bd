using System.Text.RegularExpressions;
using GuideOfALibrary;

namespace Recorder.Actors.Tests.Facade;

/// <summary>The examples of docs/guide/library.md compile and run.</summary>
public sealed partial class LibraryGuideSpecs(FacadeNode node) : IClassFixture<FacadeNode>
{
    [Fact]
    public void Every_example_of_the_guide_is_compiled_here()
    {
        var compiled = Plain(File.ReadAllText(Path.Combine(Root(), "tests/Recorder.Actors.Tests/Facade/LibraryGuide.cs")));
        var guide = File.ReadAllText(Path.Combine(Root(), "docs/guide/library.md"));
        var examples = Examples().Matches(guide).Select(match => match.Groups[1].Value).ToList();

        examples.Count.ShouldBeGreaterThan(4);
        foreach (var example in examples)
            compiled.ShouldContain(Plain(example));
    }

    [Theory]
    [InlineData("docs/guide/hosting.md", "samples/StudioHost/Program.cs")]
    [InlineData("docs/guide/client.md", "samples/ShowControl/Program.cs")]
    [InlineData("docs/guide/testing.md", "samples/CameraSpecs")]
    public void Every_example_of_a_guide_stands_in_a_sample_that_is_run(string guide, string sample)
    {
        var path = Path.Combine(Root(), sample);
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*.cs") : [path];
        var run = string.Join(' ', files.Select(file => Spaces().Replace(File.ReadAllText(file), " ")));
        // In the guide an ellipsis replaces the rest of a method.
        var examples = Examples().Matches(File.ReadAllText(Path.Combine(Root(), guide))).Select(match => match.Groups[1].Value)
            .Where(example => !example.Contains('…', StringComparison.Ordinal)).ToList();

        examples.Count.ShouldBeGreaterThan(1);
        foreach (var example in examples)
            run.ShouldContain(Spaces().Replace(example, " ").Trim());
    }

    [Fact]
    public async Task The_first_example_records_five_seconds()
    {
        using var console = new StringWriter();

        await LibraryGuide.RecordFiveSecondsAsync("test:?size=64x48&pace=fast", node.Folder, console);

        var lines = console.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5);
        lines[4].ShouldMatch("^0:00:04: [1-9][0-9]* bytes of video/mp4;codecs=avc1.* in /.*/000001.mp4 from [1-9][0-9]* on");
    }

    [Fact]
    public async Task The_other_examples_do_what_the_guide_says()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        using var errors = new StringWriter();
        await LibraryGuide.PauseAsync(recorder, errors);
        errors.ToString().ShouldContain("inactive");

        var copy = Path.Combine(node.Folder, "copy.mp4");
        await recorder.Start();
        await LibraryGuide.CopyAsync(recorder, copy);
        var blob = await recorder.Blobs().FirstAsync();
        (await File.ReadAllBytesAsync(copy)).ShouldBe(await File.ReadAllBytesAsync(blob.Path));
        LibraryGuide.Read(blob).ShouldBe(blob.Size - 100);
    }

    // The guide has a camera, a folder and the console in place of the parameters of the compiled code.
    private static string Plain(string code) =>
        Spaces().Replace(code, " ")
            .Replace("\"rtsp://camera/stream\"", "source", StringComparison.Ordinal)
            .Replace("\"recordings\"", "folder", StringComparison.Ordinal)
            .Replace("\"copy.mp4\"", "file", StringComparison.Ordinal)
            .Replace("Console.Error.", "errors.", StringComparison.Ordinal)
            .Replace("Console.", "console.", StringComparison.Ordinal)
            .Trim();

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Recorder.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
