using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Recorder.Contracts;
using Recorder.Media.Tests.TimeCodes;
using Recorder.Media.TimeCodes;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Media;

/// <summary>Takes that get their time code from the sound of a camera, in which libltc wrote it.</summary>
public sealed class TakeLtcSpecs : IAsyncLifetime
{
    private const int SampleRate = 48_000;
    private const string Beginning = "20:59:50:00";
    private static readonly TimeCodeRate Rate = TimeCodeRate.Find(25)!.Value;

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-ltc-").FullName;
    private CliNode _cli = null!;

    private string Input => $"-f s16le -ar {SampleRate} -ac 1 -i {Path.Combine(_folder, "ltc.raw")}";

    public async Task InitializeAsync()
    {
        _cli = await CliNode.StartAsync();
        TimeCode.TryParse(Beginning, Rate, out var from).ShouldBeTrue();
        var samples = LtcSound.Of(from, 120 * 25, SampleRate).Select(sample => (short)(sample * 32_000)).ToArray();
        await File.WriteAllBytesAsync(Path.Combine(_folder, "ltc.raw"), MemoryMarshal.AsBytes(samples.AsSpan()).ToArray());
    }

    public async Task DisposeAsync()
    {
        await _cli.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_take_is_jam_synced_to_the_time_code_in_the_sound_of_a_camera_and_exported_with_it()
    {
        // The second camera has the time code on its right channel, beside noise. Its frames begin with those of the picture; an export
        // lays sound to half a packet, which is a quarter of a frame.
        using var cameras = await PushedCameras.StartAsync(
            _cli, Input, ["--time-code", "ltc:right", "--scene", "1"],
            ("left", "volume=0"), ("right", "asplit[a][b];[a]volume=0,aeval=0.2*(random(0)-0.5):c=same[c];[c][b]join=inputs=2:channel_layout=stereo"));
        // The first frames that ffmpeg sends are not at an even distance.
        await cameras.UntilAsync(take => PushedCameras.Angles(take).All(angle =>
            angle["readyFrom"] is { } from && TimeProvider.System.GetUtcNow() - from.GetValue<DateTimeOffset>() > TimeSpan.FromSeconds(4)));
        var started = (await _cli.JsonAsync("take", "start"))[0];
        started["timeCodeSource"]!.GetValue<string>().ShouldBe("clock");
        started["timeCodeRecorder"]!.GetValue<string>().ShouldBe("right");

        var take = await cameras.UntilAsync(take => take["timeCodeDetail"]!.GetValue<string>().Length > 0);

        take["timeCodeSource"]!.GetValue<string>().ShouldBe("ltc", take["timeCodeDetail"]!.GetValue<string>());
        take["timeCodeDetail"]!.GetValue<string>().ShouldMatch(@"^Linear time code of recorder right, [\d.]+ s (ahead of|behind) the node's clock\.$");
        (await _cli.RunAsync("take", "show")).ShouldContain("by LTC of right");
        await cameras.UntilRecordedAsync(3);
        await _cli.RunAsync("take", "stop");
        var files = await ExportAsync();

        // The file itself says what its first frame's time code is.
        var right = files.Single(file => file["file"]!.GetValue<string>() == "11_right_1.mov");
        var channels = await SoundOfAsync("11_right_1.mov");
        var stands = LtcMoment.Find(channels, SampleRate, 0, Rate, false);
        stands.TimeCode.ShouldNotBeNull(stands.Problem);
        var expected = stands.TimeCode.Value.Add(stands.IntoFrame > Rate.TimeOf(1) / 2 ? 1 : 0);
        right["timeCode"]!.GetValue<string>().ShouldBe(expected.ToString());
        // It is a key frame, of which the sender makes one with each second of its time code.
        expected.ToString().ShouldEndWith(":00");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "1_1.json")))!;
        manifest["timeCodeSource"]!.GetValue<string>().ShouldBe("ltc:right");
        // The other camera has the same by the clock of the take: by 400 ms of arrival, and a key frame a second.
        var left = files.Single(file => file["file"]!.GetValue<string>() == "11_left_1.mov");
        TimeCode.TryParse(left["timeCode"]!.GetValue<string>(), Rate, out var other).ShouldBeTrue();
        Math.Abs(other.Frame - expected.Frame).ShouldBeLessThan(36);
    }

    [Fact]
    public async Task A_take_keeps_the_clock_and_says_why_when_the_sound_has_no_time_code_or_that_of_another_rate()
    {
        using var cameras = await PushedCameras.StartAsync(_cli, Input, ["--time-code", "ltc:left"], ("left", "volume=0"), ("right", "anull"));
        await cameras.UntilReadyAsync();
        var clock = (await _cli.JsonAsync("take", "start"))[0]["timeCode"]!.GetValue<string>();
        await cameras.UntilRecordedAsync(2);
        await _cli.RunAsync("take", "stop");

        var silent = await cameras.UntilAsync(take => take["timeCodeDetail"]!.GetValue<string>().Length > 0);

        silent["timeCodeDetail"]!.GetValue<string>().ShouldBe("The sound of recorder left has no linear time code. The time code is that of the node's clock.");
        (silent["timeCodeSource"]!.GetValue<string>(), silent["timeCode"]!.GetValue<string>()).ShouldBe(("clock", clock));

        await _cli.RunAsync("take", "arm", "left", "right", "--time-code", "ltc:right", "--rate", "29.97", "--drop-frame");
        await cameras.UntilReadyAsync();
        await _cli.RunAsync("take", "start");
        await cameras.UntilRecordedAsync(2);
        await _cli.RunAsync("take", "stop");

        var other = await cameras.UntilAsync(take => take["timeCodeDetail"]!.GetValue<string>().Length > 0);

        other["timeCodeDetail"]!.GetValue<string>().ShouldBe(
            "The sound of recorder right has linear time code at 25 frames per second, and the take counts 29.97 frames per second with drop-frame counting. "
            + "The time code is that of the node's clock.");
        other["timeCodeSource"]!.GetValue<string>().ShouldBe("clock");
    }

    private async Task<IReadOnlyList<JsonNode>> ExportAsync()
    {
        var terminal = new Terminal();
        var code = await Recorder.Node.Cli.CommandLine.RunAsync(["take", "export", "--data", _cli.Served.DataFolder, "--out", _folder, "--json"], terminal.Console);
        code.ShouldBe(0, terminal.Error + terminal.Output);
        return [.. terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private async Task<float[][]> SoundOfAsync(string file)
    {
        var path = Path.Combine(_folder, "exported.raw");
        using var decoder = Process.Start("ffmpeg", $"-v error -nostdin -y -i {Path.Combine(_folder, file)} -map 0:a -f f32le -ac 2 -ar {SampleRate} {path}");
        await decoder.WaitForExitAsync();
        decoder.ExitCode.ShouldBe(0);
        var samples = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(path)).ToArray();
        return [.. Enumerable.Range(0, 2).Select(channel => samples.Where((_, index) => index % 2 == channel).ToArray())];
    }
}
