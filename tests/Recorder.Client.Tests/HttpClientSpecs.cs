using System.Security.Cryptography;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Client.Tests;

public sealed class HttpClientSpecs(SingleNode node) : IClassFixture<SingleNode>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_recorder_is_defined_found_changed_listed_and_deleted()
    {
        var defined = await node.Client.DefineAsync(SingleNode.Definition("hall") with
        {
            Labels = new Dictionary<string, string> { ["floor"] = "1", ["side"] = "north" },
            Retention = new RetentionPolicy(TimeSpan.FromDays(7)),
        });
        defined.Definition.Timeslice.ShouldBe(TimeSpan.FromMilliseconds(200));
        defined.Definition.Options.ExtentDuration.ShouldBe(TimeSpan.FromMinutes(10));
        defined.Status.State.ShouldBe(RecorderState.Inactive);
        defined.Node.ShouldNotBeEmpty();

        var changed = await node.Client.ChangeAsync(defined.Definition.Id, definition => definition with
        {
            Timeslice = null,
            Options = definition.Options with { OpenTimeout = null, VideoBitsPerSecond = 200_000 },
            Labels = new Dictionary<string, string> { ["floor"] = "2" },
        });
        changed.Definition.Timeslice.ShouldBeNull();
        changed.Definition.Options.OpenTimeout.ShouldBeNull();
        changed.Definition.Options.VideoBitsPerSecond.ShouldBe(200_000);
        changed.Definition.Options.ExtentDuration.ShouldBe(TimeSpan.FromMinutes(10));
        changed.Definition.Labels.ShouldBe(new Dictionary<string, string> { ["floor"] = "2" });
        changed.Definition.Retention.MaxAge.ShouldBe(TimeSpan.FromDays(7));

        (await node.Client.ListAsync("floor:2").Select(recorder => recorder.Definition.Id.Value).ToListAsync()).ShouldBe(["hall"]);
        (await node.Client.FindAsync(new RecorderId("hall")))!.Definition.Labels["floor"].ShouldBe("2");
        (await node.Client.DeleteAsync(new RecorderId("hall"))).ShouldBeTrue();
        (await node.Client.DeleteAsync(new RecorderId("hall"))).ShouldBeFalse();
        (await node.Client.FindAsync(new RecorderId("hall"))).ShouldBeNull();
    }

    [Fact]
    public async Task Commands_are_answered_with_the_state_and_refusals_have_the_name_of_the_specification()
    {
        var recorder = await node.DefineAsync();
        (await node.Client.StartAsync(recorder)).ShouldBe(new Accepted(recorder, RecorderState.Recording));
        (await node.Client.PauseAsync(recorder)).State.ShouldBe(RecorderState.Paused);
        (await node.Client.ResumeAsync(recorder)).State.ShouldBe(RecorderState.Recording);
        await node.UntilBlobsAsync(recorder);
        (await node.Client.MarkAsync(recorder, "goal")).State.ShouldBe(RecorderState.Recording);
        (await node.Client.RequestDataAsync(recorder)).State.ShouldBe(RecorderState.Recording);
        (await node.Client.GetStatusAsync(recorder)).State.ShouldBe(RecorderState.Recording);

        var refused = await Should.ThrowAsync<RecorderRefusedException>(() => node.Client.StartAsync(recorder));
        (refused.Error.Name, refused.State, refused.Status).ShouldBe((ErrorName.InvalidStateError, RecorderState.Recording, 409));
        (await node.Client.StopAsync(recorder)).State.ShouldBe(RecorderState.Inactive);
        (await node.Client.GetStatusAsync(recorder)).Recording.ShouldNotBeNull();

        (await Should.ThrowAsync<RecorderRefusedException>(() => node.Client.StartAsync(new RecorderId("nobody")))).Status.ShouldBe(404);
        var invalid = SingleNode.Definition("invalid") with { Source = "nonsense://x" };
        (await Should.ThrowAsync<RecorderRefusedException>(() => node.Client.DefineAsync(invalid))).Error.Name.ShouldBe(ErrorName.NotSupportedError);
    }

    [Fact]
    public async Task Events_come_once_and_in_order_while_the_connection_is_cut_twenty_times()
    {
        await using var link = new CutLink(node.Node.Http.BaseAddress!.Port);
        using var client = new RecorderHttpClient(new RecorderClientOptions { LearnsNodes = false }.Join(link.Address));
        using var ending = new CancellationTokenSource(Limit);
        var recorders = new[] { await node.DefineAsync(), await node.DefineAsync() };
        var log = new EventLog();
        var connected = new TaskCompletionSource();
        var reading = log.ReadAsync(client.ReadEventsAsync(cancellationToken: ending.Token), _ => connected.TrySetResult());
        await connected.Task.WaitAsync(Limit);
        // Before any event: the reader comes back to where it began.
        link.Cut();
        foreach (var recorder in recorders)
            await node.Client.StartAsync(recorder);

        for (var cut = 1; cut < 20; cut++)
        {
            // Some connections end in the middle of an event.
            link.PassesOnly = cut % 3 == 0 ? 600 + (97 * cut) : null;
            var seen = log.Events.Count;
            await log.UntilAsync("something comes", events => events.Count > seen);
            link.Cut();
        }

        link.PassesOnly = null;
        link.Cut();
        foreach (var recorder in recorders)
            await node.Client.StopAsync(recorder);

        await log.UntilAsync("both stopped", events => events.OfType<Stopped>().Count() == 2);
        await ending.CancelAsync();
        await reading;
        link.Count.ShouldBeGreaterThan(20);
        var ours = log.Events.Where(raised => recorders.Contains(raised.Recorder)).ToList();
        ours.Where(raised => raised.Recorder == recorders[0]).First().Sequence.ShouldBe(1);
        ours.OfType<Started>().Count().ShouldBe(2);
        log.ShouldBeConsecutive();
    }

    [Fact]
    public async Task A_position_that_was_written_down_continues_after_a_restart_and_kinds_are_selected()
    {
        var recorder = await node.DefineAsync();
        var selection = new EventSelection { Recorder = recorder, Kinds = [typeof(DataAvailable), typeof(Stopped)] };
        using var limit = new CancellationTokenSource(Limit);
        var written = "";
        await using (var reading = node.Client.ReadEventsAsync(selection, cancellationToken: limit.Token).GetAsyncEnumerator())
        {
            (await reading.MoveNextAsync()).ShouldBeTrue();
            await node.Client.StartAsync(recorder);
            while (reading.Current is not EventReceived { Event: DataAvailable { Data.Number: 2 } })
                await reading.MoveNextAsync();

            written = reading.Current.Position.ToString();
        }

        await node.Client.StopAsync(recorder);
        using var again = new RecorderHttpClient(new RecorderClientOptions().Join(node.Address));
        var rest = new List<IEvent>();
        await foreach (var item in again.ReadEventsAsync(selection, EventPosition.Parse(written), limit.Token))
        {
            if (item is EventReceived received)
                rest.Add(received.Event);

            if (rest.LastOrDefault() is Stopped)
                break;
        }

        ((DataAvailable)rest[0]).Data.Number.ShouldBe(3);
        rest.ShouldAllBe(raised => raised.Recorder == recorder && (raised is DataAvailable || raised is Stopped));
    }

    [Fact]
    public async Task Blobs_and_media_are_read_over_http()
    {
        var recorder = await node.DefineAsync();
        using var limit = new CancellationTokenSource(Limit);
        var blobs = new List<Blob>();
        await using (var reading = node.Client.ReadEventsAsync(new EventSelection { Recorder = recorder }, cancellationToken: limit.Token).GetAsyncEnumerator())
        {
            (await reading.MoveNextAsync()).ShouldBeTrue();
            await node.Client.StartAsync(recorder);
            while (blobs.Count < 3 && await reading.MoveNextAsync())
            {
                if (reading.Current is EventReceived { Event: DataAvailable data })
                    blobs.Add(data.Data);
            }
        }

        foreach (var blob in blobs)
        {
            await using var stream = await node.Client.OpenBlobAsync(recorder, blob);
            using var local = new MemoryStream();
            await blob.CopyToAsync(local);
            (await SHA256.HashDataAsync(stream)).ShouldBe(SHA256.HashData(local.ToArray()));
        }

        // The recording runs, so the node redirects.
        await using (var media = await node.Client.OpenMediaAsync(recorder, blobs[0].Recording))
        {
            var head = new byte[8];
            await media.ReadExactlyAsync(head);
            head[4..].ShouldBe("ftyp"u8.ToArray());
        }

        await node.Client.StopAsync(recorder);
        (await Should.ThrowAsync<RecorderRefusedException>(() => node.Client.OpenBlobAsync(recorder, blobs[0] with { Crc32C = 1 }))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_passed_over_and_without_any_the_client_says_so()
    {
        await using var link = new CutLink(node.Node.Http.BaseAddress!.Port) { IsCut = true };
        using var client = new RecorderHttpClient(new RecorderClientOptions().Join(link.Address, node.Address));
        (await client.ListAsync().CountAsync()).ShouldBeGreaterThanOrEqualTo(0);

        using var alone = new RecorderHttpClient(new RecorderClientOptions { Timeout = TimeSpan.FromMilliseconds(500) }.Join("127.0.0.1:1"));
        (await Should.ThrowAsync<RecorderUnavailableException>(() => alone.StopAsync(new RecorderId("x")))).Message.ShouldContain("127.0.0.1:1");

        // The connection was made and then broke: nobody knows.
        using var cut = new RecorderHttpClient(new RecorderClientOptions { Timeout = TimeSpan.FromMilliseconds(500) }.Join(link.Address));
        await Should.ThrowAsync<OutcomeUnknownException>(() => cut.StopAsync(new RecorderId("x")));
    }

    [Fact]
    public async Task A_command_whose_answer_was_cut_off_is_repeated_and_carried_out_once()
    {
        var recorder = await node.DefineAsync();
        await node.Client.StartAsync(recorder);
        await node.UntilBlobsAsync(recorder);
        await using var link = new CutLink(node.Node.Http.BaseAddress!.Port) { PassesOnly = 10 };
        using var client = new RecorderHttpClient(new RecorderClientOptions { LearnsNodes = false }.Join(link.Address, node.Address));
        using var limit = new CancellationTokenSource(Limit);
        await using var reading = node.Client.ReadEventsAsync(
            new EventSelection { Recorder = recorder, Kinds = [typeof(Marked), typeof(Stopped)] }, cancellationToken: limit.Token).GetAsyncEnumerator();
        (await reading.MoveNextAsync()).ShouldBeTrue();

        (await client.MarkAsync(recorder, "once")).State.ShouldBe(RecorderState.Recording);
        await node.Client.StopAsync(recorder);

        var marks = 0;
        while (await reading.MoveNextAsync() && reading.Current is not EventReceived { Event: Stopped })
            marks += reading.Current is EventReceived { Event: Marked } ? 1 : 0;

        link.Count.ShouldBe(1);
        marks.ShouldBe(1);
    }

    [Fact]
    public void A_position_is_read_as_it_was_written_and_nonsense_is_not()
    {
        foreach (var text in new[] { "17", "n1:1042,n2:877", "n1:1042,n2:877;hall:12,yard:1000001", ";hall:3" })
            EventPosition.Parse(text).ToString().ShouldBe(text);

        foreach (var text in new[] { null, "n1:2\n", "a;b", "a;b:x", "a;b:1;c:2" })
            EventPosition.TryParse(text, out _).ShouldBeFalse(text);
    }

    [Theory]
    [InlineData("host:1", "http://host:1/")]
    [InlineData("https://recorder.example/base", "https://recorder.example/base/")]
    public void An_address_is_a_host_and_port_or_a_url(string given, string expected) =>
        new RecorderClientOptions().Join(given).Nodes.ShouldBe([new Uri(expected)]);

    [Fact]
    public void Options_that_make_no_sense_are_refused_without_repeating_a_password()
    {
        Should.Throw<ArgumentException>(() => new RecorderHttpClient(new RecorderClientOptions())).Message.ShouldContain("Join");
        Should.Throw<ArgumentException>(() => new RecorderClientOptions().Join("http://me:secret@host")).Message.ShouldNotContain("secret");
        Should.Throw<ArgumentException>(() => new RecorderHttpClient(new RecorderClientOptions { ApiKey = "a b" }.Join("host:1")));
    }
}
