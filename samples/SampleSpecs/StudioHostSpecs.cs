namespace SampleSpecs;

/// <summary>The sample StudioHost, an Akka.Hosting program with a recorder in its actor system.</summary>
public class StudioHostSpecs
{
    [Fact]
    public async Task The_programs_own_actor_is_told_of_each_blob_and_the_program_ends_with_the_recording()
    {
        var folder = Directory.CreateTempSubdirectory("recorder-sample-").FullName;
        try
        {
            var printed = await Repository.RunAsync(folder, "dotnet", Repository.Program("StudioHost"), "takes");

            var file = Assert.Single(Directory.GetFiles(Path.Combine(folder, "takes"), "*.mp4", SearchOption.AllDirectories));
            var blobs = printed.Split('\n').Where(line => line.StartsWith("blob ", StringComparison.Ordinal)).ToList();
            Assert.Equal(4, blobs.Count);
            Assert.All(blobs, blob => Assert.EndsWith(file, blob, StringComparison.Ordinal));
            Assert.Equal(new FileInfo(file).Length, blobs.Sum(blob => long.Parse(blob.Split(": ")[1].Split(' ')[0], null)));
            await Repository.RunAsync(folder, "ffmpeg", "-v", "error", "-xerror", "-i", file, "-f", "null", "-");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
