using Recorder.Contracts;

namespace Recorder.Client.Tests;

/// <summary>What a client makes of answers that real nodes seldom give.</summary>
public sealed class FailoverSpecs
{
    private static readonly RecorderId Hall = new("hall");

    [Fact]
    public async Task What_a_cluster_sends_again_after_a_reconnect_is_skipped()
    {
        await using var node = new FakeNode(
            // The position lies before the second event: something waited for its turn.
            FakeNode.Events(": recorder\nid: n1:0,n2:0\n\n" + FakeNode.Pause("hall", 1, "n1:1,n2:0") + FakeNode.Pause("hall", 2) + FakeNode.Pause("yard", 7)),
            FakeNode.Events(FakeNode.Pause("hall", 2) + FakeNode.Pause("yard", 8) + FakeNode.Pause("yard", 7) + FakeNode.Pause("hall", 3, "n1:9,n2:4") + "id: n1:10"));
        using var client = ClientOf(node.Address);
        var items = await ReadAsync(client, null, 5);

        items.Select(item => (item.Event.Recorder.Value, item.Event.Sequence)).ShouldBe([("hall", 1), ("hall", 2), ("yard", 7), ("yard", 8), ("hall", 3)]);
        node.Requests.Select(request => request.LastEventId).Take(2).ShouldBe([null, "n1:1,n2:0"]);

        // So it is after a restart with the position of the third event.
        await using var again = new FakeNode(FakeNode.Events(FakeNode.Pause("hall", 2) + FakeNode.Pause("yard", 7) + FakeNode.Pause("hall", 3)));
        using var later = ClientOf(again.Address);
        (await ReadAsync(later, EventPosition.Parse(items[2].Position.ToString()), 1))[0].Event.Sequence.ShouldBe(3);
        again.Requests.First().LastEventId.ShouldBe("n1:1,n2:0");
    }

    [Fact]
    public async Task Events_that_a_node_has_no_more_are_told_as_lost_and_numbers_of_a_lost_journal_begin_anew()
    {
        await using var node = new FakeNode(
            FakeNode.Events("id: 0\nevent: reset\ndata: {\"event\":\"reset\",\"oldest\":1}\n\n" + FakeNode.Pause("hall", 1, "1")
                + "id: 2\nevent: news\ndata: {\"event\":\"news\"}\n\n" + FakeNode.Pause("hall", 2, "3")));
        using var client = ClientOf(node.Address);
        var items = new List<EventStreamItem>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await foreach (var item in client.ReadEventsAsync(from: EventPosition.Parse("900;hall:500"), cancellationToken: limit.Token))
        {
            items.Add(item);
            if (items.Count == 3)
                break;
        }

        items[0].ShouldBeOfType<EventsLost>().Node.ShouldBe("");
        items.OfType<EventReceived>().Select(item => item.Event.Sequence).ShouldBe([1, 2]);
        items[2].Position.ToString().ShouldBe("3;hall:2");
    }

    [Fact]
    public async Task The_two_sides_of_a_partition_use_the_same_sequences_and_no_number_twice()
    {
        const string Id = "n1:9,n2:9";
        static string Tenure(int term, string node) => $"\"tenure\":{{\"term\":{term},\"node\":\"{node}\",\"start\":\"00000000000000a1\"}}";
        static string Pause(long sequence, string tenure) =>
            $"id: {Id}\nevent: pause\ndata: {{\"event\":\"pause\",\"recorder\":\"hall\",\"sequence\":{sequence},\"at\":\"2026-01-01T00:00:00Z\",{tenure}}}\n\n";

        await using var node = new FakeNode(FakeNode.Events(
            Pause(2_000_001, Tenure(2, "n1")) + Pause(2_000_002, Tenure(2, "n1")) + Pause(2_000_001, Tenure(2, "n2")) + Pause(2_000_002, Tenure(2, "n1"))
                + Pause(3_000_001, Tenure(3, "n1"))));
        using var client = ClientOf(node.Address);
        var items = await ReadAsync(client, null, 4);

        items.Select(item => (item.Event.Tenure!.Node, item.Event.Sequence)).ShouldBe([("n1", 2_000_001), ("n1", 2_000_002), ("n2", 2_000_001), ("n1", 3_000_001)]);
        var position = items[2].Position.ToString();
        position.ShouldBe("n1:9,n2:9;hall:2000001@2/n2/00000000000000a1");
        EventPosition.Parse(position).ShouldBe(items[2].Position);
        EventPosition.TryParse("n1:9;hall:1@2/n2", out _).ShouldBeFalse();

        // A position of the time before tenures goes on working.
        await using var again = new FakeNode(FakeNode.Events(Pause(2_000_001, Tenure(2, "n2")) + Pause(2_000_002, Tenure(2, "n2"))));
        using var later = ClientOf(again.Address);
        (await ReadAsync(later, EventPosition.Parse("n1:9,n2:9;hall:2000001"), 1))[0].Event.Sequence.ShouldBe(2_000_002);
    }

    [Fact]
    public async Task What_is_lost_comes_once_and_says_what_is_missing()
    {
        await using var node = new FakeNode(FakeNode.Events(
            "id: n1:500\nevent: lagged\ndata: {\"node\":\"n1\",\"from\":101,\"to\":500}\n\n"
                + "id: n1:500\nevent: reset\ndata: {\"event\":\"reset\",\"node\":\"n1\",\"oldest\":501,\"lagged\":true}\n\n" + FakeNode.Pause("hall", 7, "n1:501")));
        using var client = ClientOf(node.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var items = await client.ReadEventsAsync(from: EventPosition.Parse("n1:100;hall:3"), cancellationToken: limit.Token).Take(2).ToListAsync(limit.Token);

        var lost = items[0].ShouldBeOfType<EventsLost>();
        (lost.Node, lost.From, lost.To).ShouldBe(("n1", 101L, 500L));
        lost.Position.ToString().ShouldBe("n1:500;hall:3");
        items[1].ShouldBeOfType<EventReceived>().Event.Sequence.ShouldBe(7);
    }

    [Fact]
    public async Task A_node_that_does_not_know_the_key_is_passed_over_and_if_none_knows_it_the_client_says_so()
    {
        await using var stranger = new FakeNode(FakeNode.Problem(401, "NotAllowedError", "The API key is not known."));
        await using var friend = new FakeNode((200, "application/json", """{"id":"hall","state":"recording"}"""));
        using (var client = ClientOf(stranger.Address, friend.Address))
            (await client.StartAsync(Hall)).State.ShouldBe(RecorderState.Recording);

        using var alone = ClientOf(stranger.Address);
        (await Should.ThrowAsync<RecorderRefusedException>(() => alone.StartAsync(Hall))).Error.Name.ShouldBe(ErrorName.SecurityError);
        await Should.ThrowAsync<RecorderRefusedException>(() => ReadAsync(alone, null, 1));
    }

    [Fact]
    public async Task A_command_is_repeated_under_one_key_and_a_refusal_of_the_repetition_is_no_answer()
    {
        await using var failing = new FakeNode((502, "text/html", "bad gateway"));
        await using var other = new FakeNode(FakeNode.Problem(409, "InvalidStateError", "It records already."));
        using var client = ClientOf(failing.Address, other.Address);

        (await Should.ThrowAsync<OutcomeUnknownException>(() => client.StartAsync(Hall))).Message.ShouldContain("It records already.");
        failing.Requests.Single().Key.ShouldBe(other.Requests.Single().Key);
        failing.Requests.Single().Key.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_node_that_cannot_answer_now_is_asked_again_and_in_the_end_the_client_says_when_to_come_back()
    {
        await using var busy = new FakeNode(
            FakeNode.Problem(503, "UnknownError", "The recorder is changing its node."), (200, "application/json", """{"id":"hall","state":"inactive"}"""));
        using (var client = ClientOf(busy.Address))
            (await client.StopAsync(Hall)).State.ShouldBe(RecorderState.Inactive);

        await using var gone = new FakeNode(FakeNode.Problem(503, "UnknownError", "No node has it."));
        using var patient = new RecorderHttpClient(new RecorderClientOptions { LearnsNodes = false, Timeout = TimeSpan.FromMilliseconds(400) }.Join(gone.Address));
        (await Should.ThrowAsync<RecorderUnavailableException>(() => patient.StopAsync(Hall))).Message.ShouldContain("No node has it.");
    }

    private static RecorderHttpClient ClientOf(params string[] nodes) => new(new RecorderClientOptions { LearnsNodes = false }.Join(nodes));

    private static async Task<IReadOnlyList<EventReceived>> ReadAsync(RecorderHttpClient client, EventPosition? from, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await client.ReadEventsAsync(from: from, cancellationToken: limit.Token).OfType<EventReceived>().Take(count).ToListAsync(limit.Token);
    }
}
