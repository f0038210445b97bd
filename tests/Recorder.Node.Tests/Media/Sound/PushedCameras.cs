using System.Diagnostics;
using System.Text.Json.Nodes;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Media;

/// <summary>Cameras that one ffmpeg sends to a node at the pace of the clock: all have the same picture, and each a sound of its own.</summary>
internal sealed class PushedCameras : IDisposable
{
    private const string Encoded = "-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -pix_fmt yuv420p -c:a aac -b:a 128k -movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 200000 -flush_packets 1 -f mp4";

    private readonly CliNode _node;
    private readonly Process _sender;
    private readonly Task<string> _said;

    /// <param name="input">ffmpeg's options of the sound.</param>
    /// <param name="cameras">Each camera, and the filter from that sound to its own; null for no sound.</param>
    private PushedCameras(CliNode node, string input, IReadOnlyList<(string Id, string? Filter)> cameras)
    {
        _node = node;
        var heard = cameras.Where(camera => camera.Filter is not null).ToList();
        var split = $"[1:a]asplit={heard.Count}{string.Concat(heard.Select(camera => $"[{camera.Id}in]"))}";
        var filters = string.Join(';', heard.Select(camera => $"[{camera.Id}in]{camera.Filter}[{camera.Id}]").Prepend(split));
        var outputs = cameras.Select(camera =>
            $"-map 0:v {(camera.Filter is null ? "" : $"-map [{camera.Id}] ")}{Encoded} -method PUT {node.Served.Client.BaseAddress}v1/streams/{camera.Id}");
        _sender = Process.Start(new ProcessStartInfo(
            "ffmpeg", $"-v error -nostdin -re -f lavfi -i testsrc2=size=160x120:rate=25 -re {input} -filter_complex {filters} {string.Join(' ', outputs)}")
        {
            RedirectStandardError = true,
        })!;
        _said = _sender.StandardError.ReadToEndAsync();
    }

    /// <summary>Arms a take of the cameras before they send: what nobody reads is not sent.</summary>
    public static async Task<PushedCameras> StartAsync(CliNode node, string input, IEnumerable<string> armed, params IReadOnlyList<(string Id, string? Filter)> cameras)
    {
        foreach (var (id, _) in cameras)
            await node.RunAsync("add", id, $"push:{id}", "--mime", "video/mp4");

        await node.RunAsync(["take", "arm", .. cameras.Select(camera => camera.Id), .. armed]);
        return new PushedCameras(node, input, cameras);
    }

    /// <summary>Returns the newest take when it is as expected.</summary>
    public async Task<JsonNode> UntilAsync(Func<JsonNode, bool> holds)
    {
        JsonNode take = null!;
        await Eventually.HoldsAsync("the take is as expected", async () =>
        {
            _sender.HasExited.ShouldBeFalse(_sender.HasExited ? await _said : "");
            return holds(take = (await _node.JsonAsync("take", "show"))[0]);
        });
        return take;
    }

    public Task<JsonNode> UntilReadyAsync() => UntilAsync(take => Angles(take).All(angle => angle["state"]!.GetValue<string>() == "ready"));

    /// <summary>Returns the newest take when each of its recorders has recorded for a time since its moment.</summary>
    public Task<JsonNode> UntilRecordedAsync(double seconds) => UntilAsync(take => Angles(take).All(angle =>
        angle["times"] is { } times && times["last"]!.GetValue<DateTimeOffset>() > take["at"]!.GetValue<DateTimeOffset>().AddSeconds(seconds)));

    public static IEnumerable<JsonNode> Angles(JsonNode take) => take["angles"]!.AsArray().Select(angle => angle!);

    public void Dispose()
    {
        _sender.Kill();
        _sender.WaitForExit();
        _sender.Dispose();
    }
}
