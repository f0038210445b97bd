using System.Net;
using Microsoft.Playwright;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Page;

/// <summary>A node that goes and comes back, and pages that are not its own.</summary>
public sealed class AwaySpecs(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_page_comes_back_by_itself_with_its_node_and_says_what_happened()
    {
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = new IPEndPoint(IPAddress.Loopback, FreePort.Take()), Node = "spec" };
        var node = await NodeHost.StartAsync(options, CancellationToken.None);
        await using var room = await Room.OpenAsync(chromium, node.Address, "#/nodes");
        await Expect(room.Page.GetByRole(AriaRole.Heading, new() { Name = "spec" })).ToBeVisibleAsync();

        var banner = room.Page.Locator("connection-banner");
        await node.DisposeAsync();
        await Expect(banner.GetByText("The node is away since")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await using var again = await NodeHost.StartAsync(options, CancellationToken.None);

        await Expect(banner.GetByText("The node is back: it was away for")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await room.ShouldBeAccessibleAsync();
        await room.Page.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
        await Expect(room.Page.GetByRole(AriaRole.Button, new() { Name = "Dismiss" })).ToHaveCountAsync(0);
        await Expect(room.Page.GetByRole(AriaRole.Heading, new() { Name = "spec" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")] // Of the same site: the browser sends the cookie along.
    [InlineData("localhost")]
    public async Task A_page_of_another_origin_can_do_nothing_with_the_session(string host)
    {
        await using var node = await ServedNode.StartAsync();
        await using var other = await ServedNode.StartAsync();
        await using var room = await Room.OpenAsync(chromium, node.Host.Address);
        await room.LogInAsync(Room.MakeKey(node, Role.Admin));
        // The empty answer of another origin has no policy that would keep its scripts from trying.
        await room.Page.GotoAsync(new UriBuilder(other.Host.Address) { Host = host, Path = "/health/live" }.Uri.ToString());

        var did = await room.Page.EvaluateAsync<string[]>(
            """
            async base => {
              const body = '{"id":"hall","source":"test:"}', all = { method: 'POST', body, credentials: 'include' };
              const said = async made => { try { const answer = await made; return `${answer.type} ${answer.status}`; } catch { return 'refused'; } };
              const socket = new Promise(done => {
                const opened = new WebSocket(base.replace('http', 'ws') + 'v1/recorders/hall/live');
                opened.onopen = () => done('opened');
                opened.onerror = () => done('refused');
              });
              const image = new Promise(done => {
                const shown = new Image();
                shown.onload = () => done('shown');
                shown.onerror = () => done('refused');
                shown.src = base + 'app/ui/icon.svg';
              });
              return [
                await said(fetch(base + 'v1/recorders', { ...all, headers: { 'Content-Type': 'application/json' } })),
                await said(fetch(base + 'v1/recorders', { ...all, headers: { 'Recorder-Page': '1' } })),
                await said(fetch(base + 'v1/recorders', { credentials: 'include' })),
                await socket, await image,
                await said(fetch(base + 'v1/recorders', { ...all, mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } })),
                await said(fetch(base + 'v1/session', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"key":"x"}' })),
              ];
            }
            """, node.Host.Address.ToString());

        did.ShouldBe(["refused", "refused", "refused", "refused", "refused", "opaque 0", "opaque 0"]);
        await room.Page.GotoAsync(node.Host.Address.ToString());
        (await room.Page.EvaluateAsync<string>("async () => JSON.stringify((await (await fetch('/v1/recorders')).json()).recorders)")).ShouldBe("[]");
    }

    [Fact]
    public async Task No_page_shows_the_control_room_in_a_frame()
    {
        await using var node = await ServedNode.StartAsync();
        await using var room = await Room.OpenAsync(chromium, node.Host.Address);
        await room.Page.GotoAsync(new Uri(chromium.Node.Host.Address, "/health/live").ToString());
        await room.Page.SetContentAsync($"<iframe src='{node.Host.Address}'></iframe>");

        await Expect(room.Page.FrameLocator("iframe").Locator("control-room")).ToHaveCountAsync(0);
        room.Page.Frames[^1].Url.ShouldNotStartWith(node.Host.Address.ToString());
    }
}
