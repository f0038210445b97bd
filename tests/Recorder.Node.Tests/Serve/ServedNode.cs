using System.Net;
using System.Text.Json.Nodes;
using Recorder.Node.Configuration;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Serve;

/// <summary>A node in this process, on a port and in a folder of its own, and a client of it.</summary>
internal sealed class ServedNode : IAsyncDisposable
{
    private readonly Folder _folder;
    private readonly NodeHost _host;

    private ServedNode(Folder folder, NodeHost host)
    {
        (_folder, _host) = (folder, host);
        Client = new HttpClient { BaseAddress = host.Address };
    }

    public HttpClient Client { get; }

    public NodeHost Host => _host;

    public string DataFolder => _folder["data"];

    public static async Task<ServedNode> StartAsync(Func<ServeOptions, ServeOptions>? change = null, TimeProvider? time = null)
    {
        var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = new IPEndPoint(IPAddress.Loopback, 0), Node = "spec" };
        return new ServedNode(folder, await NodeHost.StartAsync(change?.Invoke(options) ?? options, CancellationToken.None, time: time));
    }

    /// <summary>An answer and its JSON; null where there is no body.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, null, "application/json");

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
