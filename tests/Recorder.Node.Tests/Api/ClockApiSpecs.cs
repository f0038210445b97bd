using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Actors.Retention;
using Recorder.Node.Security;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Api;

/// <summary>A node whose clock jumps two years: a recording with a retention of an hour stays, everybody is told, and a word lets it go on.</summary>
public sealed class ClockApiSpecs : IAsyncLifetime
{
    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(730);
    private readonly SettableTime _time = new();
    private CliNode _cli = null!;

    private ServedNode Served => _cli.Served;

    private NodeRuntime Node => Served.Host.Services.GetRequiredService<NodeRuntime>();

    public async Task InitializeAsync() => _cli = await CliNode.StartAsync(time: _time);

    public async Task DisposeAsync() => await _cli.DisposeAsync();

    [Fact]
    public async Task A_jump_is_an_alarm_that_takes_nothing_out_of_service_and_the_clocks_return_ends_it()
    {
        var recording = await RecordAsync();
        using var events = await EventReader.OpenAsync(Served.Client, "/v1/events");
        _time.Set(TwoYears);
        (await SweepAsync()).ShouldBe(0);
        (await Served.SendAsync(HttpMethod.Get, $"/v1/recordings/{recording}")).Status.ShouldBe(HttpStatusCode.OK);
        var (status, health) = await Served.SendAsync(HttpMethod.Get, "/health/ready");
        (status, health!["status"]!.GetValue<string>()).ShouldBe((HttpStatusCode.OK, "ok"));
        health["warnings"]![0]!.GetValue<string>().ShouldStartWith("clock: The system clock says ");
        (await Served.Client.GetStringAsync("/metrics")).ShouldContain("\nrecorder_clock_trusted 0\n");
        (await NextClockAsync(events))["status"]!.GetValue<string>().ShouldBe("distrusted");

        _time.Set(-TwoYears);
        (await NextClockAsync(events))["status"]!.GetValue<string>().ShouldBe("trusted");
        (await Served.SendAsync(HttpMethod.Get, "/health/ready")).Body!["warnings"].ShouldBeNull();
        (await Served.Client.GetStringAsync("/metrics")).ShouldContain("\nrecorder_clock_trusted 1\n");
        (await SweepAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_operator_is_shown_the_clock_and_says_that_it_is_right()
    {
        var recording = await RecordAsync();
        (await _cli.RunAsync("clock", "show")).ShouldStartWith("The system clock is trusted");
        _time.Set(TwoYears);
        var shown = (await _cli.JsonAsync("clock", "show")).ShouldHaveSingleItem();
        shown["status"]!.GetValue<string>().ShouldBe("distrusted");
        shown["offset"]!.GetValue<double>().ShouldBe(TwoYears.TotalMilliseconds, 1000);
        shown["mayCountOffTime"]!.GetValue<bool>().ShouldBeFalse();
        (await _cli.RunAsync("clock", "show")).ShouldContain("730 days ahead of the node's own time");
        (await _cli.RunAsync(1, "clock", "trust", "--count-off-time")).ShouldContain("There is no time off to count");
        (await _cli.RunAsync("clock", "trust")).ShouldStartWith("The system clock is trusted");
        (await SweepAsync()).ShouldBe(0);

        (await Served.SendAsync(HttpMethod.Get, $"/v1/recordings/{recording}")).Status.ShouldBe(HttpStatusCode.OK);
        (await _cli.JsonAsync("clock", "show"))[0]["status"]!.GetValue<string>().ShouldBe("trusted");
    }

    [Fact]
    public async Task Keys_expire_by_the_time_that_goes_by()
    {
        var keys = Served.Host.Services.GetRequiredService<ApiKeyRing>();
        var lasting = keys.Add(Role.Admin, null, [], TimeSpan.FromDays(1));
        _time.Set(TwoYears);
        keys.Find(lasting).ShouldNotBeNull();
        _time.Set(-2 * TwoYears);
        keys.Find(lasting).ShouldNotBeNull();
        _time.Set(TwoYears);
        var brief = keys.Add(Role.Admin, null, [], TimeSpan.FromMilliseconds(1));
        await Eventually.HoldsAsync("the key is over", () => keys.Find(brief) is null);
        _time.Set(-TwoYears);

        keys.Find(brief).ShouldBeNull();
    }

    // The event is raised at the next look, which comes every few seconds: have it come now.
    private async Task<JsonNode> NextClockAsync(EventReader events)
    {
        Node.Runtime.System.ActorSelection("/user/clock").Tell(new ClockActor.CompareClocks());
        while (await events.NextAsync() is { } raised)
        {
            if (raised.Name == "clock")
                return raised.Data;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private async Task<int> SweepAsync() => (await Node.Retention.Ask<RetentionActor.Swept>(new RetentionActor.Sweep(), TimeSpan.FromSeconds(10))).Removed;

    private async Task<string> RecordAsync()
    {
        await Served.SendAsync(HttpMethod.Post, "/v1/recorders", """
            {"id":"hall","source":"test:?size=64x64&rate=10&pace=fast&duration=1s&audio=off","retention":{"maxAge":3600000}}
            """);
        await Served.SendAsync(HttpMethod.Post, "/v1/recorders/hall:start");
        var key = "";
        await Eventually.HoldsAsync("hall has recorded", async () =>
        {
            var list = (await Served.SendAsync(HttpMethod.Get, "/v1/recordings")).Body!["recordings"]!.AsArray();
            key = list is [{ } only] && only["endedAt"] is not null ? only["key"]!.GetValue<string>() : "";
            return key.Length > 0;
        });
        return key;
    }
}
