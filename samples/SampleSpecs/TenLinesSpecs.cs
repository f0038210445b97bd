using System.Text;
using System.Text.Json;

namespace SampleSpecs;

/// <summary>The sample TenLines, a program that references only the package Recorder.Actors.</summary>
public class TenLinesSpecs
{
    [Fact]
    public async Task Ten_lines_record_two_seconds_that_play_and_print_each_blob()
    {
        var folder = Directory.CreateTempSubdirectory("recorder-sample-").FullName;
        try
        {
            var printed = await Repository.RunAsync(folder, "dotnet", Repository.Program("TenLines"));

            var file = Assert.Single(Directory.GetFiles(Path.Combine(folder, "recordings"), "*.mp4", SearchOption.AllDirectories));
            // The engine prints nothing of its own between the blobs.
            var blobs = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(4, blobs.Length);
            Assert.All(blobs, blob => Assert.Contains(" bytes of video/mp4;codecs=", blob, StringComparison.Ordinal));
            Assert.All(blobs, blob => Assert.Contains($" in {file} from ", blob, StringComparison.Ordinal));
            Assert.Equal(new FileInfo(file).Length, blobs.Sum(blob => long.Parse(blob.Split(": ")[1].Split(' ')[0], null)));

            using var probed = JsonDocument.Parse(await Repository.RunAsync(
                folder, "ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "json", file));
            Assert.Equal(["h264", "aac"], probed.RootElement.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("codec_name").GetString()));
            Assert.Equal(2.0, double.Parse(probed.RootElement.GetProperty("format").GetProperty("duration").GetString()!, null), 0.1);
            await Repository.RunAsync(folder, "ffmpeg", "-v", "error", "-xerror", "-i", file, "-f", "null", "-");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void They_are_ten_lines_and_the_readme_of_the_package_shows_them()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Sample("TenLines"), "Program.cs")).Where(line => line.Length > 0).ToList();
        using var package = new Package("Recorder.Actors.0.1.0.nupkg");
        var readme = Encoding.UTF8.GetString(package.Read("README.md")).Split('\n');

        Assert.Equal(10, lines.Count);
        Assert.All(lines, line => Assert.Contains(line, readme));
    }
}
