using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Recorder.Contracts;
using Recorder.Node.Api;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Api;

/// <summary>Recorders over HTTP: defined, changed, listed, removed, commanded.</summary>
public sealed class RecorderApiSpecs : IAsyncLifetime
{
    private ServedNode _node = null!;

    public async Task InitializeAsync() => _node = await ServedNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_recorder_is_defined_and_answered_with_its_defaults_and_state()
    {
        var (status, made) = await _node.SendAsync(
            HttpMethod.Post, "/v1/recorders", """{"id":"door","source":"test:","timeslice":1000,"labels":{"room":"hall"}}""");

        status.ShouldBe(HttpStatusCode.Created);
        var (read, body) = await _node.SendAsync(HttpMethod.Get, "/v1/recorders/door");
        read.ShouldBe(HttpStatusCode.OK);
        JsonNode.DeepEquals(made, body).ShouldBeTrue();
        Text(body, "id", "source", "state", "node", "timeslice", "labels.room", "openTimeout", "durability", "memoryLimit")
            .ShouldBe("door test: inactive spec 1000 hall 10000 interval 33554432");
    }

    [Fact]
    public async Task Every_option_of_a_recorder_can_be_set_and_is_answered()
    {
        // A node decides by itself whether files are staggered.
        var options = typeof(RecorderOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(option => option.Name != nameof(RecorderOptions.ExtentStagger))
            .Select(option => JsonNamingPolicy.CamelCase.ConvertName(option.Name)).ToList();
        foreach (var type in new JsonTypeInfo[] { ApiJson.RecorderInput, ApiJson.RecorderAnswer })
        {
            type.Properties.Where(property => property is { Get: not null, Set: not null }).Select(property => property.Name)
                .SkipWhile(name => name != options[0]).TakeWhile(name => name != "timeslice").ShouldBe(options, type.Type.Name);
        }

        const string All =
            """
            {"id":"all","source":"test:","mimeType":"video/mp4","audioBitsPerSecond":1,"videoBitsPerSecond":2,"bitsPerSecond":3,
            "audioBitrateMode":"constant","videoKeyFrameIntervalDuration":4,"minimumTimeslice":6,"openTimeout":null,"lossTimeout":8,
            "signalLoss":"blackAndSilence","fragmentDuration":9,"extentDuration":10,"extentBytes":11,"memoryLimit":1048576,
            "durability":"blob","preRoll":13,"preRollBytes":33554432,"timeslice":15,"labels":{"a":"b"},"retention":{"maxAge":16,"maxBytes":17}}
            """;
        var members = JsonNode.Parse(All)!.AsObject().Select(member => member.Key);
        options.Except(members).ShouldBe(["videoKeyFrameIntervalCount"], "add a new option to the JSON above");
        var (status, body) = await _node.SendAsync(HttpMethod.Post, "/v1/recorders", All);

        status.ShouldBe(HttpStatusCode.Created, body?.ToString());
        foreach (var (name, value) in JsonNode.Parse(All)!.AsObject())
            JsonNode.DeepEquals(body![name], value).ShouldBeTrue(name);

        // A node reads the answers of other nodes with the same contract.
        var answer = body.Deserialize(ApiJson.RecorderAnswer)!;
        (answer.MimeType, answer.Options.BitsPerSecond, answer.Options.OpenTimeout).ShouldBe(("video/mp4", 3, null));
        answer.Options.PreRollBytes.ShouldBe(33_554_432);
    }

    [Fact]
    public async Task An_id_is_made_from_the_source_when_none_is_given() =>
        Text((await _node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"source":"test:"}""")).Body, "id").ShouldBe("test");

    [Fact]
    public async Task Credentials_are_masked_in_answers_and_kept_when_the_answer_is_sent_back()
    {
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"cam","source":"rtsp://user:secret@192.168.1.9/a"}""");

        var (_, body) = await _node.SendAsync(HttpMethod.Get, "/v1/recorders/cam");
        Text(body, "source").ShouldBe("rtsp://***@192.168.1.9/a");
        var (status, changed) = await _node.SendAsync(
            HttpMethod.Patch, "/v1/recorders/cam", """{"source":"rtsp://***@192.168.1.9/a","labels":{"a":"b"}}""");
        status.ShouldBe(HttpStatusCode.OK, changed?.ToString());
        changed!.ToString().ShouldNotContain("secret");
        var (_, listed) = await _node.SendAsync(HttpMethod.Get, "/v1/recorders");
        listed!.ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("""{"source":"test:","timeslise":1}""", 400, "NotSupportedError", "'timeslise' is an unknown member; expected id, source,")]
    [InlineData("""{"source":"test:","retention":{"age":1}}""", 400, "NotSupportedError",
        "'retention.age' is an unknown member; expected maxAge, maxBytes.")]
    [InlineData("""{"source":"test:","timeslice":"1s"}""", 400, "TypeError",
        "'timeslice' must be a number of milliseconds, but is the string '1s'.")]
    [InlineData("""{"source":7}""", 400, "TypeError", "'source' must be a string, but is 7.")]
    [InlineData("""{"source":"test:","memoryLimit":1.5}""", 400, "TypeError", "'memoryLimit' must be a whole number, but is 1.5.")]
    [InlineData("""{"source":"test:","memoryLimit":null}""", 400, "TypeError",
        "'memoryLimit' must be a whole number, but is null; leave it out for the default.")]
    [InlineData("""{"source":"test:","durability":"always"}""", 400, "TypeError",
        "'durability' must be one of interval, blob, extent, never, but is the string 'always'.")]
    [InlineData("""{"source":"test:","durability":"unknown"}""", 400, "TypeError",
        "'durability' must be one of interval, blob, extent, never, but is the string 'unknown'.")]
    [InlineData("""{"source":"test:","labels":{"a":1}}""", 400, "TypeError", "'labels.a' must be a string, but is 1.")]
    [InlineData("""{"source":"test:","labels":["a"]}""", 400, "TypeError", "'labels' must be an object, but is a list.")]
    [InlineData("""{"source":"test:","labels":{"..":"a"}}""", 400, "NotSupportedError", "'..' is not a valid label name: use 1 to 64 of")]
    [InlineData("""{"source":"test:","source":"test:"}""", 400, "SyntaxError", "'source' is given more than once; give it once.")]
    [InlineData("""{"source":"test:" """, 400, "SyntaxError", "The body is not valid JSON (line 1, byte ")]
    [InlineData("""{"source":"\ud800"}""", 400, "SyntaxError", "The body contains a string with half a surrogate pair")]
    [InlineData("[]", 400, "TypeError", "The body must be a JSON object, but is a list.")]
    [InlineData("", 400, "SyntaxError", "The body is not valid JSON (line 1, byte 1); send one JSON object.")]
    [InlineData("""{"id":"a"}""", 400, "NotSupportedError", "'source' is missing; expected for example test: or rtsp://camera/stream.")]
    [InlineData("""{"id":"../x","source":"test:"}""", 400, "NotSupportedError", "'../x' is not a recorder id; expected 1 to 64 of A-Z")]
    [InlineData("""{"source":"gopher://x"}""", 400, "NotSupportedError", "'source': 'gopher://x' has the unknown scheme 'gopher'")]
    [InlineData("""{"source":"test:","mimeType":"video/ogg"}""", 400, "NotSupportedError", "")]
    [InlineData("""{"source":"test:","memoryLimit":1}""", 400, "NotSupportedError", "'memoryLimit' is 1; allowed is from 262144 to ")]
    [InlineData("""{"source":"test:","retention":{"maxBytes":0}}""", 400, "NotSupportedError", "'retention.maxBytes' is 0; allowed is more than 0")]
    public async Task What_makes_no_sense_is_refused_by_name(string json, int status, string name, string detail)
    {
        var (answered, body) = await _node.SendAsync(HttpMethod.Post, "/v1/recorders", json);

        ((int)answered).ShouldBe(status, body?.ToString());
        Text(body, "name").ShouldBe(name);
        Text(body, "detail").ShouldStartWith(detail);
        (await _node.SendAsync(HttpMethod.Get, "/v1/recorders")).Body!["recorders"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_refused_by_its_type()
    {
        using var content = new StringContent("source=test:", null, "application/x-www-form-urlencoded");
        using var response = await _node.Client.PostAsync("/v1/recorders", content);

        ((int)response.StatusCode).ShouldBe(415);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        var (status, body) = await _node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"source":"{{new string('a', 2 << 20)}}"}""");

        ((int)status).ShouldBe(413);
        Text(body, "name").ShouldBe("QuotaExceededError");
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_with_409()
    {
        await DefineAsync("door");
        var (status, body) = await _node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"door","source":"test:"}""");

        status.ShouldBe(HttpStatusCode.Conflict);
        Text(body, "name").ShouldBe("InvalidStateError");
    }

    [Fact]
    public async Task A_change_replaces_what_it_names_and_leaves_the_rest()
    {
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"a","source":"test:","timeslice":1000,"labels":{"x":"1","y":"2"}}""");
        var (status, body) = await _node.SendAsync(
            HttpMethod.Patch, "/v1/recorders/a", """{"extentDuration":60000,"labels":{"x":null,"z":"3"},"retention":{"maxBytes":9}}""");

        status.ShouldBe(HttpStatusCode.OK, body?.ToString());
        Text(body, "timeslice", "extentDuration", "labels.y", "labels.z", "retention.maxBytes").ShouldBe("1000 60000 2 3 9");
        body!["labels"]!.AsObject().ContainsKey("x").ShouldBeFalse();
        var (_, reset) = await _node.SendAsync(HttpMethod.Patch, "/v1/recorders/a", """{"extentDuration":null}""");
        Text(reset, "extentDuration").ShouldBe("600000");
        Text((await _node.SendAsync(HttpMethod.Patch, "/v1/recorders/a", """{"id":"b"}""")).Body, "detail").ShouldStartWith("'id' cannot be changed");
    }

    [Fact]
    public async Task Options_are_not_changed_while_it_records_but_labels_are()
    {
        await DefineAsync("a");
        await CommandAsync("a", "start");

        var (status, body) = await _node.SendAsync(HttpMethod.Patch, "/v1/recorders/a", """{"extentDuration":60000}""");
        status.ShouldBe(HttpStatusCode.Conflict);
        Text(body, "name", "state").ShouldBe("InvalidStateError recording");
        (await _node.SendAsync(HttpMethod.Patch, "/v1/recorders/a", """{"labels":{"a":"b"}}""")).Status.ShouldBe(HttpStatusCode.OK);
        Text((await _node.SendAsync(HttpMethod.Get, "/v1/recorders/a")).Body, "state", "labels.a").ShouldBe("recording b");
    }

    [Fact]
    public async Task The_list_is_filtered_by_labels_and_state_and_comes_in_pages()
    {
        foreach (var id in (string[])["c", "a", "b"])
        {
            await _node.SendAsync(
                HttpMethod.Post, "/v1/recorders", """{"id":"#","source":"test:","labels":{"all":"","#":"1:2"}}""".Replace('#', id[0]));
        }

        await CommandAsync("b", "start");
        (await IdsAsync("")).ShouldBe("a b c");
        (await IdsAsync("?label=b")).ShouldBe("b");
        (await IdsAsync("?label=b:1:2&label=all")).ShouldBe("b");
        (await IdsAsync("?label=b:1&label=all")).ShouldBe("");
        (await IdsAsync("?state=recording")).ShouldBe("b");
        (await IdsAsync("?limit=2")).ShouldBe("a b > b");
        (await IdsAsync("?limit=2&after=b")).ShouldBe("c");
        (await IdsAsync("?limit=1&state=inactive")).ShouldBe("a > a");
    }

    [Theory]
    [InlineData("?lable=a", "'lable' is an unknown query parameter; expected label, state, after, limit.")]
    [InlineData("?limit=0", "The query parameter 'limit' must be a number from 1 to 1000, but is '0'.")]
    [InlineData("?limit=1&limit=2", "'limit' is given more than once; give it once.")]
    [InlineData("?state=on", "The query parameter 'state' must be inactive, recording or paused, but is 'on'.")]
    public async Task A_query_that_makes_no_sense_is_refused(string query, string detail) =>
        Text((await _node.SendAsync(HttpMethod.Get, "/v1/recorders" + query)).Body, "status", "detail").ShouldBe("400 " + detail);

    [Fact]
    public async Task Commands_answer_the_state_reached()
    {
        await DefineAsync("a");

        (await CommandAsync("a", "start", """{"timeslice":1000,"duration":60000}""")).ShouldBe("200 recording");
        (await CommandAsync("a", "pause")).ShouldBe("200 paused");
        (await CommandAsync("a", "resume", "{}")).ShouldBe("200 recording");
        (await CommandAsync("a", "requestData")).ShouldBe("200 recording");
        (await CommandAsync("a", "split")).ShouldBe("200 recording");
        await UntilAsync("a", recorder => recorder["bytes"]!.GetValue<long>() > 0);
        (await CommandAsync("a", "mark", """{"label":"goal"}""")).ShouldBe("200 recording");
        (await CommandAsync("a", "stop")).ShouldBe("200 inactive");
        (await CommandAsync("a", "stop")).ShouldBe("200 inactive");
    }

    [Fact]
    public async Task A_refused_command_answers_409_with_the_state()
    {
        await DefineAsync("a");
        (await CommandAsync("a", "pause")).ShouldBe("409 inactive");
        await CommandAsync("a", "start");
        (await CommandAsync("a", "start")).ShouldBe("409 recording");
    }

    [Theory]
    [InlineData("nobody", "start", null, 404, "There is no recorder 'nobody'; GET /v1/recorders lists all recorders.")]
    [InlineData("a..%2fb", "start", null, 400, "'a..%2fb' is not a recorder id;")]
    [InlineData("a", "begin", null, 404, "There is no endpoint POST /v1/recorders/a:begin;")]
    [InlineData("a", "stop", """{"now":true}""", 400, "'now' is an unknown member; none are expected.")]
    [InlineData("a", "start", """{"timeslice":-1}""", 400, "'timeslice' is ")]
    [InlineData("a", "start", """{"duration":0}""", 400, "'duration' is ")]
    [InlineData("a", "start", """{"preRoll":0}""", 400, "'preRoll' must be more than 0; leave it out to begin now.")]
    [InlineData("a", "mark", null, 400, "'label' must have 1 to 200 characters.")]
    public async Task A_command_that_makes_no_sense_is_refused(string id, string verb, string? json, int status, string detail)
    {
        await DefineAsync("a");
        var (answered, body) = await _node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:{verb}", json);

        ((int)answered).ShouldBe(status, body?.ToString());
        Text(body, "detail").ShouldStartWith(detail);
    }

    [Fact]
    public async Task A_removed_recorder_is_gone_and_its_files_stay()
    {
        await DefineAsync("a");
        await CommandAsync("a", "start");

        (await _node.SendAsync(HttpMethod.Delete, "/v1/recorders/a")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _node.SendAsync(HttpMethod.Delete, "/v1/recorders/a")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _node.SendAsync(HttpMethod.Get, "/v1/recorders/a")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task DefineAsync(string id) =>
        (await _node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"test:"}""")).Status.ShouldBe(HttpStatusCode.Created);

    private async Task<string> CommandAsync(string id, string verb, string? json = null)
    {
        var (status, body) = await _node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:{verb}", json);
        return $"{(int)status} {Text(body, "state")}";
    }

    private Task UntilAsync(string id, Func<JsonNode, bool> condition) => Eventually.HoldsAsync(
        $"{id} is as it should be", async () => condition((await _node.SendAsync(HttpMethod.Get, $"/v1/recorders/{id}")).Body!));

    private async Task<string> IdsAsync(string query)
    {
        var (_, body) = await _node.SendAsync(HttpMethod.Get, "/v1/recorders" + query);
        var ids = string.Join(' ', body!["recorders"]!.AsArray().Select(recorder => Text(recorder, "id")));
        return body["next"] is { } next ? $"{ids} > {next}" : ids;
    }

    private static string Text(JsonNode? body, params string[] paths) =>
        string.Join(' ', paths.Select(path => path.Split('.').Aggregate(body, (node, name) => node![name])?.ToString()));
}
