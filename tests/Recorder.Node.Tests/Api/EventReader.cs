using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Recorder.Node.Tests.Api;

/// <summary>A server-sent event as it came.</summary>
internal sealed record ReadEvent(long Id, string Name, JsonNode Data);

/// <summary>Reads server-sent events as a browser does.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;
    private long _id;

    private EventReader(HttpResponseMessage response, Stream stream) => (_response, _lines) = (response, new StreamReader(stream));

    /// <summary>Opens a stream; it reads along when the task ends.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient client, string path, long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is { } id)
            request.Headers.Add("Last-Event-ID", $"{id}");

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reader = new EventReader(response, await response.Content.ReadAsStreamAsync());
        (await reader._lines.ReadLineAsync()).ShouldBe(": recorder");
        return reader;
    }

    /// <summary>The next event; null when the stream ended.</summary>
    public async Task<ReadEvent?> NextAsync()
    {
        var (name, data) = ("message", "");
        while (await _lines.ReadLineAsync() is { } line)
        {
            switch (line.Split(": ", 2))
            {
                case ["id", var id]:
                    _id = long.Parse(id, null);
                    break;
                case ["event", var kind]:
                    name = kind;
                    break;
                case ["data", var json]:
                    data = json;
                    break;
                case [""] when data.Length > 0:
                    return new ReadEvent(_id, name, JsonNode.Parse(data)!);
            }
        }

        return null;
    }

    /// <summary>Reads up to and with an event of this name.</summary>
    public async Task<IReadOnlyList<ReadEvent>> UntilAsync(string name)
    {
        var read = new List<ReadEvent>();
        while (await NextAsync() is { } next)
        {
            read.Add(next);
            if (next.Name == name)
                return read;
        }

        throw new EndOfStreamException($"The stream ended without {name} after {string.Join(' ', read.Select(it => it.Name))}.");
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
