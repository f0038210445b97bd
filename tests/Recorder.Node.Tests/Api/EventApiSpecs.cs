using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Contracts;
using Recorder.Node.Api;
using Recorder.Node.Tests.Serve;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Tests.Api;

/// <summary>Server-sent events: numbered, resumable, filtered, bounded.</summary>
public sealed class EventApiSpecs : IAsyncLifetime
{
    private ServedNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ServedNode.StartAsync(options => options with { SubscriberLimit = 10 });
        foreach (var id in (string[])["a", "b"])
            await _node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"#","source":"test:"}""".Replace('#', id[0]));
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_recording_is_told_from_its_start_to_its_stop()
    {
        using var events = await EventReader.OpenAsync(_node.Client, "/v1/events");
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders/a:start", """{"timeslice":200,"duration":400}""");

        var told = await events.UntilAsync("stop");

        told.Select(it => it.Name).ShouldBeSubsetOf(["source", "start", "dataavailable", "durable", "stop"]);
        told.Select(it => it.Name).ShouldContain("start");
        told.Count(it => it.Name == "dataavailable").ShouldBeGreaterThanOrEqualTo(2);
        told.Select(it => it.Id).ShouldBe(told.Select(it => it.Id).Distinct().Order());
        told.Select(it => it.Data["sequence"]!.GetValue<long>()).ShouldBe(Enumerable.Range(1, told.Count).Select(it => (long)it));
        told.ShouldAllBe(it => it.Data["event"]!.GetValue<string>() == it.Name && it.Data["recorder"]!.GetValue<string>() == "a");
    }

    [Fact]
    public async Task A_reader_that_comes_back_goes_on_behind_its_last_event_without_loss_or_doubling()
    {
        await RaiseAsync("a", 1, 30);
        using var all = await EventReader.OpenAsync(_node.Client, "/v1/events?after=0");
        var ids = new List<long>();
        while (ids.Count < 30)
            ids.Add((await all.NextAsync())!.Id);

        foreach (var at in (int[])[0, 13, 28])
        {
            using var resumed = await EventReader.OpenAsync(_node.Client, "/v1/events", ids[at]);
            var rest = new List<long>();
            while (rest.Count < 29 - at)
                rest.Add((await resumed.NextAsync())!.Id);

            rest.ShouldBe(ids.Skip(at + 1));
        }
    }

    [Fact]
    public async Task A_reader_gets_what_it_asked_for_and_nothing_else()
    {
        await RaiseAsync("a", 1, 5);
        await RaiseAsync("b", 1, 5);
        using var ofB = await EventReader.OpenAsync(_node.Client, "/v1/recorders/b/events?after=0");
        using var resumes = await EventReader.OpenAsync(_node.Client, "/v1/events?after=0&kind=resume,stop&kind=error");

        (await ofB.NextAsync())!.Data["recorder"]!.GetValue<string>().ShouldBe("b");
        (await resumes.NextAsync())!.Name.ShouldBe("resume");
        (await resumes.NextAsync())!.Name.ShouldBe("resume");
    }

    [Theory]
    [InlineData("/v1/events?after=x", "400 TypeError The query parameter 'after' must be a whole number, 0 or more, but is 'x'.")]
    [InlineData("/v1/events?kind=explosion", "400 TypeError The query parameter 'kind' must be one of start, dataavailable, ")]
    [InlineData("/v1/recorders/nobody/events", "404 NotFoundError There is no recorder 'nobody'")]
    public async Task A_stream_that_makes_no_sense_is_refused(string path, string expected)
    {
        var (status, body) = await _node.SendAsync(HttpMethod.Get, path);

        $"{(int)status} {body!["name"]} {body["detail"]}".ShouldStartWith(expected);
    }

    [Fact]
    public async Task A_Last_Event_ID_that_is_none_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Last-Event-ID", "-1");
        using var response = await _node.Client.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Readers_beyond_the_limit_are_refused_until_one_goes()
    {
        var readers = new List<EventReader>();
        for (var i = 0; i < 10; i++)
            readers.Add(await EventReader.OpenAsync(_node.Client, "/v1/events"));

        var (status, body) = await _node.SendAsync(HttpMethod.Get, "/v1/events");

        ((int)status).ShouldBe(503);
        body!["name"]!.GetValue<string>().ShouldBe("QuotaExceededError");
        readers.ForEach(reader => reader.Dispose());
        var count = _node.Host.Services.GetRequiredService<EventReaders>();
        await Eventually.HoldsAsync("nobody reads any more", () => count.Count == 0);
        (await EventReader.OpenAsync(_node.Client, "/v1/events")).Dispose();
    }

    [Fact]
    public async Task A_number_that_this_node_never_gave_is_answered_with_lagged_and_reset()
    {
        using var events = await EventReader.OpenAsync(_node.Client, "/v1/events", 999_999_999);
        var lagged = await events.NextAsync();
        var reset = await events.NextAsync();
        await RaiseAsync("a", 1, 1);
        var next = await events.NextAsync();

        lagged!.Name.ShouldBe("lagged");
        lagged.Data["to"]!.GetValue<long>().ShouldBe(0, "nobody knows what followed it");
        reset!.Name.ShouldBe("reset");
        reset.Data["lagged"]!.GetValue<bool>().ShouldBeTrue();
        next!.Id.ShouldBe(reset.Id + 1);
        next.Id.ShouldBe(reset.Data["oldest"]!.GetValue<long>());
    }

    [Fact]
    public async Task However_many_read_along_the_journal_is_read_once()
    {
        using var first = await EventReader.OpenAsync(_node.Client, "/v1/events");
        using var second = await EventReader.OpenAsync(_node.Client, "/v1/events");
        using var third = await EventReader.OpenAsync(_node.Client, "/v1/events");
        var tail = _node.Host.Services.GetRequiredService<EventTail>();
        for (var i = 1; i <= 5; i++)
        {
            await RaiseAsync("a", i, 1);
            foreach (var reader in (EventReader[])[first, second, third])
                (await reader.NextAsync())!.Data["sequence"]!.GetValue<long>().ShouldBe(i);
        }

        tail.Reads.ShouldBe(5);
    }

    [Fact]
    public async Task The_end_of_the_node_ends_the_streams()
    {
        using var events = await EventReader.OpenAsync(_node.Client, "/v1/events");
        var ended = events.NextAsync();

        await _node.Host.DisposeAsync();

        (await ended).ShouldBeNull();
    }

    // Through the actors, as a recorder's events come, and in the journal when the task ends.
    private async Task RaiseAsync(string recorder, long from, int count)
    {
        var node = _node.Host.Services.GetRequiredService<NodeRuntime>();
        for (var sequence = from; sequence < from + count; sequence++)
        {
            IEvent raised = sequence % 2 == 1
                ? new Paused(new RecorderId(recorder), sequence, DateTimeOffset.UnixEpoch)
                : new Resumed(new RecorderId(recorder), sequence, DateTimeOffset.UnixEpoch);
            node.Runtime.Events.Tell(raised);
        }

        await node.FlushAsync();
    }
}
