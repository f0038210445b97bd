using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.HyperDeck;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>The server, over real sockets, with clients that behave and clients that do not.</summary>
public sealed class DeckServerSpecs : IAsyncDisposable
{
    private const string Greeting = "500 connection info: | protocol version: 1.11 | model: Recorder studio";

    private readonly FakeDeck _deck = new();
    private readonly List<DeckServer> _servers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_controls_the_deck_hears_of_its_changes_and_is_let_go_politely()
    {
        using var client = await DeckClient.ConnectAsync(Serve().Address);
        (await client.ReadAsync()).ShouldBe(Greeting);
        (await client.AskAsync("notify:\r\ntransport: true\r\n")).ShouldBe("200 ok");
        await client.SendAsync("record: name: Take 3\r\n");
        string?[] heard = [await client.ReadAsync(), await client.ReadAsync()];
        heard.ShouldContain("200 ok");
        heard.ShouldContain(message => message!.StartsWith("508 transport info: | status: record | speed: 0 | slot id: 1"));
        _deck.Asked.ShouldBe(["record Take 3"]);
        (await client.AskAsync("quit")).ShouldBe("200 ok");
        (await client.ReadAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task The_answer_to_quit_is_never_lost()
    {
        var server = Serve();
        for (var n = 0; n < 300; n++)
        {
            using var client = await DeckClient.ConnectAsync(server.Address);
            await client.SendAsync("quit\r\n");
            (await client.ReadAsync()).ShouldBe(Greeting);
            (await client.ReadAsync()).ShouldBe("200 ok", $"connection {n}");
            (await client.ReadAsync()).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Every_command_of_a_burst_has_its_own_answer_in_order()
    {
        using var client = await DeckClient.ConnectAsync(Serve().Address);
        await client.ReadAsync();
        var burst = string.Concat(Enumerable.Range(0, 500).Select(i => i % 2 == 0 ? "ping\r\n" : "slot info: slot id: 2\r\n"));
        var sending = client.SendAsync(burst);
        for (var i = 0; i < 500; i++)
            (await client.ReadAsync()).ShouldBe(i % 2 == 0 ? "200 ok" : "109 out of range");

        await sending;
    }

    [Fact]
    public async Task Garbage_is_answered_and_the_client_may_go_on()
    {
        using var client = await DeckClient.ConnectAsync(Serve().Address);
        await client.ReadAsync();
        (await client.AskAsync("\u0001\u0002 rubbish: \u00ff")).ShouldBe("100 syntax error");
        (await client.AskAsync("GET / HTTP/1.1")).ShouldBe("100 syntax error");
        (await client.AskAsync("ping")).ShouldBe("200 ok");
    }

    [Fact]
    public async Task A_line_without_an_end_is_answered_once_and_ends_the_connection()
    {
        var server = Serve();
        using var client = await DeckClient.ConnectAsync(server.Address);
        await client.ReadAsync();
        await client.SendAsync(new string('x', DeckCommandReader.LongestLine + 1));
        (await client.ReadAsync()).ShouldBe("100 syntax error");
        (await client.ReadAsync()).ShouldBeNull();
        client.Dispose();
        await Eventually.HoldsAsync("the server has forgotten the client", () => server.Clients == 0);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_disconnected_and_harms_nobody()
    {
        var server = Serve(options => options with { WriteTimeout = TimeSpan.FromHours(1) });
        using var other = await DeckClient.ConnectAsync(server.Address);
        await other.ReadAsync();
        using var stalled = await DeckClient.ConnectAsync(server.Address, receiveBuffer: 4096);
        await stalled.SendAsync("notify: transport: true slot: true\r\n");
        await Eventually.HoldsAsync("the stalled client is gone", () =>
        {
            _deck.Tell(DeckChange.Transport | DeckChange.Slot);
            return server.Clients == 1;
        });
        (await other.AskAsync("ping")).ShouldBe("200 ok");
    }

    [Fact]
    public async Task A_client_that_asks_and_never_reads_is_not_asked_for_more()
    {
        var server = Serve(options => options with { WriteTimeout = TimeSpan.FromMilliseconds(100) });
        using var stalled = await DeckClient.ConnectAsync(server.Address, receiveBuffer: 4096);
        var sending = stalled.SendAsync(new StringBuilder().Insert(0, "help\r\n", 500_000).ToString());
        await Eventually.HoldsAsync("the stalled client is gone", () => server.Clients == 0);
        // What the system took meanwhile is lost, and the rest is refused.
        await Task.WhenAny(sending);
    }

    [Fact]
    public async Task A_silent_client_is_disconnected_by_the_watchdog_that_it_set()
    {
        using var client = await DeckClient.ConnectAsync(Serve(time: new HastyTime()).Address);
        await client.ReadAsync();
        // Bytes alone are no command.
        await client.SendAsync("watchdog: period: 1\r\npin");
        (await client.ReadAsync()).ShouldBe("200 ok");
        (await client.ReadAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_of_another_network_is_rejected()
    {
        var server = Serve(options => options with { Allowed = [IPNetwork.Parse("10.20.0.0/16")] });
        using var client = await DeckClient.ConnectAsync(server.Address);
        (await client.ReadAsync()).ShouldBe("120 connection rejected");
        (await client.ReadAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task One_client_too_many_is_rejected_until_another_has_left()
    {
        var server = Serve(options => options with { MostClients = 1 });
        var first = await DeckClient.ConnectAsync(server.Address);
        (await first.ReadAsync()).ShouldBe(Greeting);
        using var second = await DeckClient.ConnectAsync(server.Address);
        (await second.ReadAsync()).ShouldBe("120 connection rejected");
        (await first.AskAsync("ping")).ShouldBe("200 ok");
        first.Dispose();
        await Eventually.HoldsAsync("the first has left", () => server.Clients == 0);
        using var third = await DeckClient.ConnectAsync(server.Address);
        (await third.ReadAsync()).ShouldBe(Greeting);
    }

    [Fact]
    public async Task Clients_of_both_address_families_are_told_apart_by_their_networks()
    {
        var options = new DeckServerOptions { Listen = new IPEndPoint(IPAddress.IPv6Any, 0), Allowed = [IPNetwork.Parse("10.20.0.0/16"), IPNetwork.Parse("fd00::/8")] };
        options.Allows(IPAddress.Parse("10.20.3.4")).ShouldBeTrue();
        options.Allows(IPAddress.Parse("::ffff:10.20.3.4")).ShouldBeTrue();
        options.Allows(IPAddress.Parse("10.21.3.4")).ShouldBeFalse();
        options.Allows(IPAddress.Parse("fd00::1")).ShouldBeTrue();
        options.Allows(IPAddress.Parse("::1")).ShouldBeFalse();

        // A dual socket sees clients of IPv4 with addresses of IPv6.
        var server = Serve(_ => options with { Allowed = [IPNetwork.Parse("127.0.0.0/8")] });
        using var client = await DeckClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Address.Port));
        (await client.ReadAsync()).ShouldBe(Greeting);
    }

    [Fact]
    public async Task A_server_that_ends_closes_its_connections()
    {
        var server = Serve();
        using var client = await DeckClient.ConnectAsync(server.Address);
        await client.ReadAsync();
        await server.DisposeAsync();
        (await client.ReadAsync()).ShouldBeNull();
        _servers.Clear();
    }

    private DeckServer Serve(Func<DeckServerOptions, DeckServerOptions>? change = null, TimeProvider? time = null)
    {
        var options = new DeckServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Allowed = [IPNetwork.Parse("127.0.0.0/8")] };
        var server = new DeckServer(_deck, change?.Invoke(options) ?? options, time ?? TimeProvider.System, NullLogger.Instance);
        _servers.Add(server);
        return server;
    }

    /// <summary>Timers that end a hundred times as soon.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new HastyTimer(System.CreateTimer(callback, state, Hasten(dueTime), Hasten(period)));

        private static TimeSpan Hasten(TimeSpan time) => time > TimeSpan.Zero ? time / 100 : time;

        private sealed class HastyTimer(ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hasten(dueTime), Hasten(period));

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
