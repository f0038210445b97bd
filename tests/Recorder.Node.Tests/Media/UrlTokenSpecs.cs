using System.Net;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>A player that has its key in the URL is led only to URLs that have it too.</summary>
public sealed class UrlTokenSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    [Fact]
    public async Task A_key_in_the_URL_goes_along_into_redirects_and_playlists()
    {
        using var writer = await RecordedMedia.ReopenAsync(media.Clip);
        await using var node = await ServedNode.StartAsync(options => options with { DataFolder = media.Folder });
        var keys = (ApiKeyRing)node.Host.Services.GetService(typeof(ApiKeyRing))!;
        var token = $"access_token={keys.Add(Role.Viewer, null, [], null)}";
        var url = $"/v1/recordings/{media.ClipKey}";

        // The client follows the redirect, as a browser does.
        var played = await node.Client.GetAsync($"{url}/media.mp4?from=1&{token}");
        var playlist = await node.Client.GetStringAsync($"{url}/index.m3u8?{token}");

        played.StatusCode.ShouldBe(HttpStatusCode.OK);
        played.RequestMessage!.RequestUri!.Query.ShouldContain(token);
        played.RequestMessage.RequestUri.Query.ShouldContain("to=");
        foreach (var line in playlist.Split('\n').Where(line => line.Contains("extents/")))
        {
            var part = line.Split('"') is [_, var map, ..] ? map : line;
            part.ShouldEndWith(token);
            (await node.Client.GetAsync($"{url}/{part}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await node.Client.GetAsync($"{url}/media.mp4?from=1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
