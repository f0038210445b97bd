using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests.Node;

/// <summary>What earlier versions wrote, in the hands of this one: each data folder of <c>tests/fixtures/data-folders</c>.</summary>
public class DataFolderSpecs(DataFolderSpecs.OpenedFolders opened) : IClassFixture<DataFolderSpecs.OpenedFolders>
{
    // What a recorder was doing when it was asked; all else that it answered is its definition.
    private static readonly string[] Momentary = ["state", "node", "sourceStatus", "recording", "duration", "bytes", "blobs", "lostPackets"];

    public static TheoryData<string> Folders => [.. DataFolder.All];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_folder_of_an_earlier_version_verifies_and_lists_its_recordings_without_a_node(string name)
    {
        using var folder = new DataFolder(name);

        await folder.VerifyAsync();
        var listed = await Command.RunAsync(RecorderProcess.Program, ["recordings", "--data", folder.Root, "--json"]);

        listed.ExitCode.ShouldBe(0, listed.Error);
        foreach (var recording in folder.Recordings)
            listed.Output.ShouldContain(Text(recording, "key"));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_node_on_the_folder_of_an_earlier_version_answers_what_that_version_answered(string name)
    {
        var (folder, node) = await opened.OpenAsync(name);

        var recorders = List(await node.GetAsync("/v1/recorders?limit=100"), "recorders");
        recorders.Select(recorder => Text(recorder, "id")).ShouldBe(folder.Recorders.Select(recorder => Text(recorder, "id")));
        foreach (var (before, now) in folder.Recorders.Zip(recorders))
            SaysTheSame(before, now, Momentary);

        var interrupted = folder.Interrupted.Select(recording => Text(recording, "key")).ToHashSet();
        var recordings = List(await node.GetAsync("/v1/recordings?limit=100"), "recordings");
        recordings.Select(recording => Text(recording, "key")).ShouldBe(folder.Recordings.Select(recording => Text(recording, "key")));
        foreach (var (before, now) in folder.Recordings.Zip(recordings))
            SaysTheSame(before, now, interrupted.Contains(Text(before, "key")) ? ["duration", "bytes", "blobs", "durableThrough"] : []);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task The_events_of_an_earlier_version_are_told_again_and_their_numbers_go_on_rising(string name)
    {
        var (folder, node) = await opened.OpenAsync(name);
        var events = new EventReader(folder.Root);
        await events.ConnectAsync(node);
        await events.UntilAsync("each interrupted recorder records", all => folder.Interrupted.All(of => Since(folder, all, of).Any(e => e.Event.IsData)));

        foreach (var (before, now) in folder.Events.Zip(events.Events))
        {
            // Of a blob the journal names the folder that it was written in, wherever the folder is now.
            now.Number.ShouldBe(before.Number);
            SaysTheSame(before.Event.Json, now.Event.Json, "path");
        }

        // More come all the time.
        var told = events.Events;
        told.Select(e => e.Number).ShouldBe(told.Select(e => e.Number).Distinct().Order());
        foreach (var of in told.GroupBy(e => e.Event.Recorder))
            of.Select(e => e.Event.Sequence).ShouldBe(Enumerable.Range(1, of.Count()).Select(n => (long)n), of.Key);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_recording_that_an_earlier_version_left_interrupted_goes_on_in_a_new_extent_with_the_gap_stated(string name)
    {
        using var folder = new DataFolder(name);
        var events = new EventReader(folder.Root);
        await using (var node = await folder.StartAsync())
        {
            await events.ConnectAsync(node);
            foreach (var recording in folder.Interrupted)
            {
                var recorder = Text(recording, "recorder");
                await events.UntilAsync($"{recorder} has two blobs behind its gap", all => AfterGap(folder, all, recording).Count(e => e.Event.IsData) >= 2);
                (await node.PostAsync($"/v1/recorders/{recorder}:stop")).GetProperty("state").GetString().ShouldBe("inactive");
                await events.UntilAsync($"{recorder} stopped", all => Since(folder, all, recording).Any(e => e.Event.Kind == "stop"));
            }

            foreach (var recording in folder.Interrupted)
            {
                var timeline = await node.GetAsync($"/v1/recordings/{Text(recording, "key")}/timeline");
                List(timeline, "gaps").Count(gap => Text(gap, "cause") == "nodeDown").ShouldBe(2, timeline.ToString());
            }

            await PlaysAcrossItsGapAsync(folder, node, folder.Interrupted.First(recording => Text(recording, "mimeType").StartsWith("video/mp4", StringComparison.Ordinal)));

            (await node.EndAsync()).ShouldBe(0, node.Said);
        }

        folder.Interrupted.ShouldNotBeEmpty();
        foreach (var recording in folder.Interrupted)
            GoesOn(folder, events.Events, recording);

        await folder.VerifyAsync();
        await EveryExtentDecodesAsync(folder);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Each_recording_of_an_earlier_version_plays_and_its_blobs_have_their_checksums(string name)
    {
        var (folder, node) = await opened.OpenAsync(name);
        List<string> files = [];
        foreach (var recording in folder.Recordings)
        {
            var key = Text(recording, "key");
            var type = Text(recording, "mimeType");
            var container = type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..].Split(';')[0].Replace("x-matroska", "mkv", StringComparison.Ordinal);

            // What that version knew of: one that was interrupted goes on meanwhile, behind a gap that grows with the fixture's age.
            var seconds = recording.GetProperty("duration").GetDouble() / 1000;
            var interval = $"?from=0&to={seconds.ToString(CultureInfo.InvariantCulture)}";
            files.Add(await FetchAsync(folder, node, $"/v1/recordings/{key}/export.{container}{interval}"));
            (await MediaProbe.OfAsync(files[^1])).Duration.ShouldBe(seconds, 0.15, key);
            if (container == "mp4")
            {
                files.Add(await FetchAsync(folder, node, $"/v1/recordings/{key}/media.mp4{interval}"));
                files.Add(new Uri(node.Http.BaseAddress!, $"/v1/recordings/{key}/index.m3u8{interval}&access_token={folder.ApiKey}").ToString());
            }

            if (type.StartsWith("video/", StringComparison.Ordinal))
                files.Add(await FetchAsync(folder, node, $"/v1/recordings/{key}/snapshot.jpg?at=0"));

            var blobs = folder.Events.Where(e => e.Event.IsData).Select(e => e.Event.Blob).Where(blob => $"{Text(recording, "recorder")}~{blob.Recording}" == key);
            foreach (var blob in blobs.Where(blob => blob.Length > 0))
            {
                using var answer = await node.Http.GetAsync($"/v1/recordings/{key}/blobs/{blob.Number}");
                answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"blob {blob.Number} of {key}");
                using var bytes = new MemoryStream(await answer.Content.ReadAsByteArrayAsync());
                bytes.Length.ShouldBe(blob.Length);
                answer.Headers.ETag!.Tag.Trim('"').ShouldBe(Recorded.Checksum(bytes, 0, bytes.Length).ToString("x8", CultureInfo.InvariantCulture));
            }
        }

        await MediaProbe.DecodesAsync(files);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_webhook_of_an_earlier_version_delivers_what_it_owed_signed_with_the_secret_it_was_given(string name)
    {
        var (folder, node) = await opened.OpenAsync(name);
        var webhook = List(await node.GetAsync("/v1/webhooks"), "webhooks").ShouldHaveSingleItem();
        SaysTheSame(folder.Webhook, webhook, "secret", "through", "failures");
        await using var receiver = new WebhookReceiver();
        using var moved = await node.Http.PatchAsync($"/v1/webhooks/{Text(folder.Webhook, "id")}", Json(new { url = receiver.Url }));
        moved.StatusCode.ShouldBe(HttpStatusCode.OK);

        var (headers, body) = await receiver.FirstAsync();

        var owed = folder.Events.First(e => e.Event.Kind == "stop" && e.Event.Recorder == Text(folder.Webhook.GetProperty("recorders")[0]));
        using var delivered = JsonDocument.Parse(body);
        delivered.RootElement.GetProperty("sequence").GetInt64().ShouldBe(owed.Event.Sequence);
        delivered.RootElement.GetProperty("recorder").GetString().ShouldBe(owed.Event.Recorder);
        var signed = HMACSHA256.HashData(Encoding.ASCII.GetBytes(Text(folder.Webhook, "secret")), Encoding.UTF8.GetBytes($"{headers["Recorder-Timestamp"]}.{body}"));
        headers["Recorder-Signature"].ShouldBe($"v1={Convert.ToHexStringLower(signed)}");
    }

    private static void GoesOn(DataFolder folder, IReadOnlyList<StreamedEvent> events, JsonElement recording)
    {
        var recorder = Text(recording, "recorder");
        var before = folder.Events.Where(e => e.Event.Recorder == recorder).ToList();
        var since = Since(folder, events, recording).ToList();
        since.ShouldNotContain(e => e.Event.Kind == "start", recorder);
        since.ShouldNotContain(e => e.Event.Kind == "error", recorder);

        var gap = since.Where(e => e.Event.Kind == "gap").ShouldHaveSingleItem(recorder).Event;
        gap.Text("cause").ShouldBe("nodeDown");
        var from = DateTimeOffset.Parse(gap.Text("from"), CultureInfo.InvariantCulture);
        var lastTold = DateTimeOffset.Parse(before[^1].Event.Text("at"), CultureInfo.InvariantCulture);
        from.ShouldBe(lastTold, TimeSpan.FromSeconds(5), "the gap begins where the killed node ended");
        DateTimeOffset.Parse(gap.Text("to"), CultureInfo.InvariantCulture).ShouldBeGreaterThan(from);

        var blobs = AfterGap(folder, events, recording).Where(e => e.Event.IsData).Select(e => e.Event.Blob).Where(blob => blob.Length > 0).ToList();
        var next = before.Where(e => e.Event.IsData).Max(e => e.Event.Blob.Extent) + 1;
        blobs.ShouldAllBe(blob => blob.Extent == next);
        blobs[0].StartsWithKeyFrame.ShouldBeTrue();
        var all = events.Where(e => e.Event.Recorder == recorder && e.Event.IsData).Select(e => e.Event.Blob).Where(blob => blob.Length > 0).ToList();
        all.Select(blob => $"{recorder}~{blob.Recording}").Distinct().ShouldHaveSingleItem().ShouldBe(Text(recording, "key"));
        all.Select(blob => blob.Number).ShouldBe(Enumerable.Range(1, all.Count).Select(n => (long)n), recorder);
        since.Last(e => e.Event.Kind == "stop").Event.Text("reason").ShouldBe("requested");
    }

    // The gap is as long as the fixture is old: years, one day.
    private static async Task PlaysAcrossItsGapAsync(DataFolder folder, NodeProcess node, JsonElement recording)
    {
        var key = Text(recording, "key");
        var seconds = (await node.GetAsync($"/v1/recordings/{key}")).GetProperty("duration").GetDouble() / 1000;
        var whole = await FetchAsync(folder, node, $"/v1/recordings/{key}/media.mp4?from=0");
        await MediaProbe.DecodesAsync(whole);
        (await MediaProbe.OfAsync(whole)).Duration.ShouldBe(seconds, 0.15, key);
    }

    private static async Task EveryExtentDecodesAsync(DataFolder folder)
    {
        string[] containers = [".mp4", ".webm", ".mkv"];
        var extents = Directory.GetFiles(Path.Combine(folder.Root, "recordings"), "0*", SearchOption.AllDirectories)
            .Where(file => containers.Contains(Path.GetExtension(file))).ToList();
        extents.Select(Path.GetExtension).Distinct().Count().ShouldBe(containers.Length);
        await MediaProbe.DecodesAsync(extents);
    }

    private static async Task<string> FetchAsync(DataFolder folder, NodeProcess node, string path)
    {
        using var answer = await node.Http.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {await answer.Content.ReadAsStringAsync()}\n{node.Said}");
        var file = folder.File(path[..path.IndexOf('?', StringComparison.Ordinal)].Replace('/', '_'));
        await using var to = File.Create(file);
        await answer.Content.CopyToAsync(to);
        return file;
    }

    // What came behind the last event that readers of the earlier version had.
    private static IEnumerable<StreamedEvent> Since(DataFolder folder, IReadOnlyList<StreamedEvent> events, JsonElement recording) =>
        events.Where(e => e.Number > folder.Events[^1].Number && e.Event.Recorder == Text(recording, "recorder"));

    private static IEnumerable<StreamedEvent> AfterGap(DataFolder folder, IReadOnlyList<StreamedEvent> events, JsonElement recording) =>
        Since(folder, events, recording).SkipWhile(e => e.Event.Kind != "gap");

    // Everything that was said is said again; a later version may say more.
    private static void SaysTheSame(JsonElement before, JsonElement now, params string[] except)
    {
        foreach (var member in before.EnumerateObject().Where(member => !except.Contains(member.Name)))
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                SaysTheSame(member.Value, now.GetProperty(member.Name), except);
                continue;
            }

            now.TryGetProperty(member.Name, out var value).ShouldBeTrue($"{member.Name} of {before} is not in {now}");
            JsonElement.DeepEquals(value, member.Value).ShouldBeTrue($"{member.Name} was {member.Value} in {before} and is {value}");
        }
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static List<JsonElement> List(JsonElement answer, string name) => [.. answer.GetProperty(name).EnumerateArray()];

    private static string Text(JsonElement element, string name) => Text(element.GetProperty(name));

    private static string Text(JsonElement element) => element.GetString()!;

    /// <summary>A node on a copy of each folder, for the specs that only ask it.</summary>
    public sealed class OpenedFolders : IAsyncLifetime
    {
        private readonly Dictionary<string, (DataFolder Folder, NodeProcess Node)> _opened = [];

        /// <summary>The specs of a class run one after the other, so the first that asks starts the node.</summary>
        public async Task<(DataFolder Folder, NodeProcess Node)> OpenAsync(string name)
        {
            if (!_opened.TryGetValue(name, out var opened))
            {
                var folder = new DataFolder(name);
                opened = _opened[name] = (folder, await folder.StartAsync());
            }

            return opened;
        }

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            foreach (var (folder, node) in _opened.Values)
            {
                await node.DisposeAsync();
                folder.Dispose();
            }
        }
    }

    /// <summary>A server that takes every delivery and keeps the first.</summary>
    private sealed class WebhookReceiver : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly TaskCompletionSource<(WebHeaderCollection Headers, string Body)> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _taking;

        public WebhookReceiver()
        {
            Url = $"http://127.0.0.1:{FreePort.Take()}/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _taking = TakeAsync();
        }

        public string Url { get; }

        public Task<(WebHeaderCollection Headers, string Body)> FirstAsync() => _first.Task.WaitAsync(RecorderProcess.Patience);

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task TakeAsync()
        {
            while (true)
            {
                var delivery = await _listener.GetContextAsync();
                using var reader = new StreamReader(delivery.Request.InputStream, Encoding.UTF8);
                var body = await reader.ReadToEndAsync();
                delivery.Response.StatusCode = 204;
                delivery.Response.Close();
                _first.TrySetResult(((WebHeaderCollection)delivery.Request.Headers, body));
            }
        }
    }
}
