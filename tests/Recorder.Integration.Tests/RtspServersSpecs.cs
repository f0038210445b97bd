using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>RTSP servers that are not GStreamer's, recorded over UDP: the only way in which these send.</summary>
[Collection(NodeProcess.OneAtATime)]
public class RtspServersSpecs
{
    [Fact]
    public async Task Picture_of_VLC_is_recorded()
    {
        await using var camera = await VlcCamera.StartAsync(await MediaZoo.GetAsync("h264-long.mp4"));
        await IsRecordedAsync(camera.Uri);
    }

    [Fact]
    [Trait("Length", "Long")] // Fetches the server from the registry of npm.
    public async Task Stream_that_a_camera_publishes_to_a_server_is_recorded()
    {
        await using var camera = await PublishedCamera.StartAsync(await MediaZoo.GetAsync("h264-long.mp4"));
        var probe = await IsRecordedAsync(camera.Uri);
        probe.PacketsOf(probe.Audio!).Count.ShouldBeGreaterThan(80);
    }

    private static async Task<MediaProbe> IsRecordedAsync(string uri)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {uri}#transport=udp --duration 3s --timeslice 1s -o cam.mp4 --json", exitCode: 0);

        Recorded.IsWhole(process);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("cam.mp4"));
        probe.Video!.Codec.ShouldBe("h264");

        // The sound may be up to a second, the distance of key frames, ahead of the picture.
        probe.PacketsOf(probe.Video!).Count.ShouldBeInRange(45, 80);
        return probe;
    }
}
