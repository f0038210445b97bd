using System.Diagnostics;
using System.Text;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>An event as it came, and when.</summary>
public sealed record ReadEvent(RecorderEvent Event, DateTimeOffset CameAt);

/// <summary>A reader of a node's <c>/v1/events</c>; it goes on at any node where it was.</summary>
public sealed class ClusterReader : IAsyncDisposable
{
    private readonly List<ReadEvent> _events = [];
    private string _last = "";
    private CancellationTokenSource _ending = new();
    private Task _reading = Task.CompletedTask;

    /// <summary>Where it is; "" until it knows.</summary>
    public string Position => _last;

    public IReadOnlyList<ReadEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Begins, or goes on; whatever is raised after this comes.</summary>
    public async Task ConnectAsync(NodeProcess node)
    {
        _ending = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        if (_last.Length > 0)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", _last);

        var answer = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8);
        (await reader.ReadLineAsync()).ShouldBe(": recorder");
        _reading = ReadAsync(answer, reader, _ending.Token);
    }

    public async Task DisconnectAsync()
    {
        await _ending.CancelAsync();
        await _reading;
    }

    /// <summary>Waits for what is to come.</summary>
    public async Task UntilAsync(string what, Func<IReadOnlyList<ReadEvent>, bool> holds, TimeSpan? patience = null)
    {
        var waited = Stopwatch.StartNew();
        while (!holds(Events))
        {
            waited.Elapsed.ShouldBeLessThan(
                patience ?? RecorderProcess.Patience,
                $"Waited in vain until {what}; the last events:\n{string.Join('\n', Events.TakeLast(20).Select(e => e.Event.Line[..Math.Min(160, e.Event.Line.Length)]))}");
            await Task.Delay(20);
        }
    }

    /// <summary>Where a reader begins that comes to a node now.</summary>
    public static async Task<string> FindPositionAsync(NodeProcess node)
    {
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(node);
        await reader.UntilAsync("the node tells its position", _ => reader.Position.Length > 0);
        return reader.Position;
    }

    /// <summary>Waits until readers of all nodes that come back with a position get the same, byte by byte.</summary>
    public static async Task UntilSameHistoryAsync(ClusterUnderTest cluster, string position)
    {
        string[] histories = [];
        await cluster.UntilIndexedAsync(
            async () =>
            {
                histories = await Task.WhenAll(cluster.Nodes.Values.Select(node => ReadHistoryAsync(node, position)));
                return histories.Distinct().Count() == 1;
            },
            () => Task.FromResult($"histories of {string.Join(", ", histories.Select(history => history.Length))} bytes differ:\n{DescribeDifference(histories)}"));
        histories[0].ShouldContain("\nevent: ");
    }

    /// <summary>What a reader gets that comes back with a position: until nothing more comes.</summary>
    public static async Task<string> ReadHistoryAsync(NodeProcess node, string position)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", position);
        using var answer = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var read = new StringBuilder();
        using var quiet = new CancellationTokenSource();
        try
        {
            while (await reader.ReadLineAsync(quiet.Token) is { } line)
            {
                read.Append(line).Append('\n');
                quiet.CancelAfter(TimeSpan.FromSeconds(1));
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing more came.
        }

        return read.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _ending.Dispose();
    }

    private static string DescribeDifference(string[] histories)
    {
        var (one, other) = (histories[0].Split('\n'), histories.First(history => history != histories[0]).Split('\n'));
        var line = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Join('\n', one.Skip(line - 5).Take(10)) + "\n-- and --\n" + string.Join('\n', other.Skip(line - 5).Take(10));
    }

    private async Task ReadAsync(HttpResponseMessage answer, StreamReader reader, CancellationToken ending)
    {
        try
        {
            using (answer)
            using (reader)
            {
                var (id, data) = ("", "");
                while (await reader.ReadLineAsync(ending) is { } line)
                {
                    if (line.StartsWith("id:", StringComparison.Ordinal))
                    {
                        id = line[3..].Trim();
                    }
                    else if (line.StartsWith("data:", StringComparison.Ordinal))
                    {
                        data = line[5..].Trim();
                    }
                    else if (line.Length == 0 && data.Length > 0)
                    {
                        lock (_events)
                        {
                            _events.Add(new ReadEvent(new RecorderEvent(data, "/"), DateTimeOffset.UtcNow));
                        }

                        (_last, data) = (id.Length > 0 ? id : _last, "");
                    }
                    else if (line.Length == 0 && id.Length > 0)
                    {
                        // A position without an event.
                        _last = id;
                    }
                }
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // The node is gone, or the spec has what it wants.
        }
    }
}
