using System.Net;
using System.Text.Json.Nodes;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Media;

/// <summary>How far apart cameras are by their sound, while they record and afterwards.</summary>
public sealed class TakeSoundSpecs : IAsyncLifetime
{
    private const string Noise = "-f lavfi -i anoisesrc=color=pink:seed=5:sample_rate=48000:amplitude=0.5";

    private CliNode _cli = null!;

    public async Task InitializeAsync() => _cli = await CliNode.StartAsync();

    public async Task DisposeAsync() => await _cli.DisposeAsync();

    [Fact]
    public async Task Sound_that_is_120_ms_late_is_found_within_5_ms_and_cameras_without_the_same_sound_say_so()
    {
        using var cameras = await PushedCameras.StartAsync(
            _cli, Noise, [], ("mute", null), ("left", "anull"), ("right", "adelay=120"), ("quiet", "volume=0"), ("other", "adelay=5000"));
        var id = (await cameras.UntilReadyAsync())["id"]!.GetValue<string>();
        (await _cli.Served.SendAsync(HttpMethod.Get, $"/v1/takes/{id}/sound")).Status.ShouldBe(HttpStatusCode.Conflict);
        await _cli.RunAsync("take", "start");
        await cameras.UntilRecordedAsync(8);

        var growing = (await _cli.JsonAsync("take", "sound"))[0];
        await cameras.UntilRecordedAsync(11);
        await _cli.RunAsync("take", "stop");
        var finished = (await _cli.JsonAsync("take", "sound"))[0];

        foreach (var answer in new[] { growing, finished })
        {
            answer["reference"]!.GetValue<string>().ShouldBe("left");
            var right = AngleOf(answer, "right");
            var offset = right["offset"]!.GetValue<double>();
            // Both begin with a key frame, of which there is one a second.
            (offset - (Math.Round((offset + 120) / 1000) * 1000)).ShouldBe(-120, 5, right.ToJsonString());
            right["difference"]!.GetValue<double>().ShouldBe(offset - right["clockOffset"]!.GetValue<double>(), 0.1);
            right["confidence"]!.GetValue<double>().ShouldBeGreaterThan(2);
            right["uncertainty"]!.GetValue<double>().ShouldBeLessThan(5);
            AngleOf(answer, "other")["offset"].ShouldBeNull();
            AngleOf(answer, "other")["detail"]!.GetValue<string>().ShouldBe("The sound of cameras left and other has too little in common within 2 s.");
            AngleOf(answer, "mute")["detail"]!.GetValue<string>().ShouldBe("Recorder mute has recorded no sound of that time.");
            AngleOf(answer, "quiet")["detail"]!.GetValue<string>().ShouldBe("The sound of camera quiet is silent.");
        }

        var table = await _cli.RunAsync("take", "sound");
        table.ShouldContain("reference");
        table.ShouldContain("is silent");
    }

    private static JsonNode AngleOf(JsonNode answer, string recorder) =>
        answer["angles"]!.AsArray().Single(angle => angle!["recorder"]!.GetValue<string>() == recorder)!;
}
