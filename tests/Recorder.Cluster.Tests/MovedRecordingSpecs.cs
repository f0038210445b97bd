using System.Diagnostics;
using System.Globalization;
using System.Net;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>A camera whose recorder moves from node to node while it records.</summary>
public sealed class MovedRecordingSpecs : IDisposable
{
    private const string Moved = "SELECT number, epoch, node FROM extents ORDER BY epoch, number";

    private readonly TestFolder _folder = new();

    private int _first;
    private int _pictures;

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_recording_that_was_handed_over_twice_has_every_picture_of_its_camera_and_plays_as_one_from_any_node()
    {
        await using var camera = new BroadcastCamera(Sent);
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        await cluster.DefineAsync(1, timeslice: 1000, source: camera.Uri);
        await cluster.StartAllAsync(1);
        var (first, second) = (await RecordedOnAsync(cluster, 1, ""), "");
        await cluster.Any.PostAsync($"/v1/nodes/{first}:drain");
        second = await RecordedOnAsync(cluster, 2, first);
        await cluster.Any.PostAsync($"/v1/nodes/{second}:drain");
        await cluster.Any.PostAsync($"/v1/nodes/{first}:resume");
        await RecordedOnAsync(cluster, 3, second);
        await cluster.StopAllAsync(1);
        foreach (var node in cluster.Nodes.Keys)
            await cluster.UntilIndexedAsync(() => cluster.CountsAsync(1, "SELECT COUNT(*) FROM recordings WHERE ended_at IS NOT NULL", node));

        await camera.DisposeAsync();

        var key = (await cluster.Any.GetAsync("/v1/recordings")).GetProperty("recordings")[0].GetProperty("key").GetString()!;
        (await cluster.QueryAsync("SELECT * FROM gaps")).ShouldBeEmpty();
        var parts = (await cluster.Any.GetAsync($"/v1/recordings/{key}/timeline")).GetProperty("parts");
        parts.GetArrayLength().ShouldBe(3);
        parts.EnumerateArray().Select(part => part.GetProperty("epoch").GetInt32()).ShouldBe([1, 2, 3]);

        var told = await TellAsync(cluster);
        var files = new List<byte[]>();
        foreach (var (number, node) in cluster.Nodes)
        {
            var file = _folder.File($"n{number}.mp4");
            files.Add(await node.Http.GetByteArrayAsync($"/v1/recordings/{key}/media.mp4"));
            await File.WriteAllBytesAsync(file, files[^1]);
            // Any range of it is the same, wherever it is.
            using var range = new HttpRequestMessage(HttpMethod.Get, $"/v1/recordings/{key}/media.mp4");
            range.Headers.Range = new(files[0].Length / 3, files[0].Length - 1000);
            using var part = await node.Http.SendAsync(range);
            part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
            (await part.Content.ReadAsByteArrayAsync()).ShouldBe(files[0][(files[0].Length / 3)..^999]);
        }

        files[1].ShouldBe(files[0]);
        files[2].ShouldBe(files[0]);
        await HasAllAsync(_folder.File("n1.mp4"), step: 0.06, told);
        // A finished file, and what a player gets that follows a playlist, have the same pictures.
        await File.WriteAllBytesAsync(_folder.File("export.mp4"), await cluster.Nodes[2].Http.GetByteArrayAsync($"/v1/recordings/{key}/export.mp4"));
        await HasAllAsync(_folder.File("export.mp4"), step: 0.06, told);
        var segments = await PlayAsync(cluster.Nodes[3], $"/v1/recordings/{key}/index.m3u8");
        (await Task.WhenAll(segments.Select(PicturesAsync))).SelectMany(pictures => pictures).ShouldBe(await PicturesAsync(files[0]), told);
        foreach (var blobs in await cluster.QueryAsync("SELECT first_blob, last_blob, node FROM extents"))
        {
            // Each blob comes from the node that has it.
            (await cluster.Nodes[2].Http.GetAsync($"/v1/recordings/{key}/blobs/{blobs[0]}")).StatusCode.ShouldBe(HttpStatusCode.OK, $"blob {blobs[0]} of {blobs[2]}");
            (await cluster.Nodes[3].Http.GetAsync($"/v1/recordings/{key}/blobs/{blobs[1]}")).StatusCode.ShouldBe(HttpStatusCode.OK, $"blob {blobs[1]} of {blobs[2]}");
        }

        await cluster.VerifyAsync();
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task What_a_node_that_is_gone_has_is_said_to_be_missing_and_the_rest_plays()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await cluster.DefineAsync(1, rate: 10);
        await cluster.StartAllAsync(1);
        var first = int.Parse((await RecordedOnAsync(cluster, 1, ""))[1..], CultureInfo.InvariantCulture);
        await cluster.KillAsync(first);
        await RecordedOnAsync(cluster, 2, $"n{first}");
        await cluster.StopAllAsync(1);
        var node = cluster.Any;
        var key = (await node.GetAsync("/v1/recordings")).GetProperty("recordings")[0].GetProperty("key").GetString()!;

        using var media = await node.Http.GetAsync($"/v1/recordings/{key}/media.mp4");
        media.StatusCode.ShouldBe(HttpStatusCode.OK);
        media.Headers.GetValues("Media-Missing").ShouldHaveSingleItem().ShouldStartWith($"n{first}; from=0.000; to=");
        using var whole = await node.Http.GetAsync($"/v1/recordings/{key}/export.mp4");
        whole.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        whole.Headers.RetryAfter.ShouldNotBeNull();
        (await whole.Content.ReadAsStringAsync()).ShouldContain($"is on node n{first}, which does not answer");
        var from = (await node.GetAsync($"/v1/recordings/{key}/timeline")).GetProperty("parts").EnumerateArray().Last().GetProperty("mediaTime").GetDouble() / 1000;
        (await node.Http.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/recordings/{key}/export.mp4?from={from}"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await cluster.StartNodeAsync(first);
        await cluster.UntilIndexedAsync(async () => (await node.Http.GetAsync($"/v1/recordings/{key}/export.mp4")).IsSuccessStatusCode);
        using var again = await node.Http.GetAsync($"/v1/recordings/{key}/media.mp4");
        again.Headers.Contains("Media-Missing").ShouldBeFalse();
    }

    // The pictures of the file are some of the camera's, in its order, and between the first and the last none is missing or there twice.
    private async Task HasAllAsync(string file, double step, string told)
    {
        await MediaProbe.DecodesAsync(file);
        var probe = await MediaProbe.OfAsync(file);
        var pictures = probe.PacketsOf(probe.Video!).Select(packet => packet.Time).ToList();
        pictures.Zip(pictures.Skip(1), (a, b) => b - a).Max().ShouldBeLessThan(step, told);
        var recorded = await probe.PayloadsAsync(probe.Video!);
        var sent = (await SentAsync()).Select((picture, number) => (picture, number)).ToDictionary(it => it.picture, it => it.number);
        var numbers = recorded.Select(picture => sent[picture]).ToList();
        numbers.Count.ShouldBe(_pictures, told);
        numbers.Zip(numbers.Skip(1)).Where(pair => pair.Second != pair.First + 1)
            .ShouldBeEmpty($"numbers of the camera's pictures where they do not follow one another, of {numbers.Count} from {numbers[0]} on\n{told}");
    }

    // Which of the camera's pictures each file has, and where on the timeline.
    private async Task<string> TellAsync(ClusterUnderTest cluster)
    {
        var sent = (await SentAsync()).Select((picture, number) => (picture, number)).ToDictionary(it => it.picture, it => it.number);
        var told = new List<string>();
        foreach (var row in await cluster.QueryAsync(
            "SELECT node, name, epoch, media_time / 10000, (media_time + duration) / 10000, is_late, captured_at FROM extents ORDER BY epoch, number"))
        {
            var file = Directory.GetFiles(cluster.DataOf(int.Parse(((string)row[0]!)[1..], CultureInfo.InvariantCulture)), (string)row[1]!, SearchOption.AllDirectories).Single();
            var probe = await MediaProbe.OfAsync(file);
            var pictures = (await probe.PayloadsAsync(probe.Video!)).Select(picture => sent.GetValueOrDefault(picture, -1)).ToList();
            (_first, _pictures) = (_first == 0 ? pictures[0] : _first, pictures[^1] - (_first == 0 ? pictures[0] : _first) + 1);
            told.Add($"{row[0]} {row[1]} epoch {row[2]} {row[3]} to {row[4]} ms{(row[5] is 1L ? ", late" : "")}: pictures {pictures[0]} to {pictures[^1]}, {pictures.Count} {new DateTimeOffset((long)row[6]!, TimeSpan.Zero):ss.fff}");
        }

        return string.Join('\n', told);
    }

    // What stands between two discontinuities is a file.
    private static async Task<List<byte[]>> PlayAsync(NodeProcess node, string playlist)
    {
        var files = new List<byte[]>();
        var range = "";
        foreach (var line in (await node.Http.GetStringAsync(playlist)).Split('\n'))
        {
            if (line.StartsWith("#EXT-X-MAP", StringComparison.Ordinal))
                files.Add(await ReadAsync(node, playlist, line.Split('"')[1], line.Split('"')[3]));
            else if (line.StartsWith("#EXT-X-BYTERANGE:", StringComparison.Ordinal))
                range = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
            else if (line.Length > 0 && line[0] != '#')
                files[^1] = [.. files[^1], .. await ReadAsync(node, playlist, line, range)];
        }

        return files;
    }

    private static async Task<byte[]> ReadAsync(NodeProcess node, string playlist, string url, string range)
    {
        var (length, from) = (long.Parse(range.Split('@')[0], CultureInfo.InvariantCulture), long.Parse(range.Split('@')[1], CultureInfo.InvariantCulture));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(node.Http.BaseAddress!, playlist), url));
        request.Headers.Range = new(from, from + length - 1);
        using var answer = await node.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent, url);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private string Sent => _folder.File("sent.ts");

    private async Task<IReadOnlyList<string>> SentAsync()
    {
        var sent = await MediaProbe.OfAsync(Sent);
        return await sent.PayloadsAsync(sent.Video!);
    }

    private async Task<IReadOnlyList<string>> PicturesAsync(byte[] media)
    {
        var file = _folder.File($"{Guid.NewGuid():n}.mp4");
        await File.WriteAllBytesAsync(file, media);
        var probe = await MediaProbe.OfAsync(file);
        return await probe.PayloadsAsync(probe.Video!);
    }

    // The node that records under an epoch, when it has recorded for a while.
    private static async Task<string> RecordedOnAsync(ClusterUnderTest cluster, int epoch, string butNot)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var extents = await cluster.QueryAsync($"SELECT node FROM extents WHERE epoch >= {epoch} AND duration > 25000000 AND node <> '{butNot}'");
            if (extents.Count > 0)
                return (string)extents[0][0]!;

            waited.Elapsed.ShouldBeLessThan(
                RecorderProcess.Patience, string.Join('\n', (await cluster.QueryAsync(Moved)).Select(row => string.Join(' ', row))) + cluster.Said());
            await Task.Delay(100);
        }
    }
}
