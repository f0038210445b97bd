using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Events;

/// <summary>An event that a node sent: its number in the node's journal (0 in a cluster), its kind and its JSON.</summary>
internal sealed record FollowedEvent(long Number, string Kind, string Text);

/// <summary>Follows a node's events. It reconnects and continues after the last one, so none is lost or repeated.</summary>
internal sealed class EventFollower(
    NodeClient client, string path, long? after, CommandOutput console, Func<TimeSpan, CancellationToken, Task>? pause = null)
{
    private static readonly TimeSpan MinimumPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaximumPause = TimeSpan.FromSeconds(10);

    // A node sends at least a comment every 15 s, so a longer silence means a dead connection.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(50);

    private readonly Func<TimeSpan, CancellationToken, Task> _pause = pause ?? Task.Delay;
    // A number, or for a cluster a position in the journal of each node.
    private string? _last = after?.ToString(CultureInfo.InvariantCulture);
    private bool _connected;

    /// <summary>The sequence does not end.</summary>
    public async IAsyncEnumerable<FollowedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wait = MinimumPause;
        while (true)
        {
            await using var events = StreamAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, cancellationToken))
            {
                wait = MinimumPause;
                yield return events.Current;
            }

            await _pause(wait, cancellationToken);
            wait = wait * 2 < MaximumPause ? wait * 2 : MaximumPause;
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<FollowedEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (NodeException failed) when (_connected && failed.Status is null or 429 or >= 500)
        {
            return false;
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException
            || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async IAsyncEnumerable<FollowedEvent> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ReadTimeout);
        using var response = await client.OpenAsync(Request, timeout.Token);
        if (_connected)
            console.Error($"Reconnected to the node at {client.Address}.");

        _connected = true;
        // The node also sends numbers without events, because a filter can hide every event for days.
        await using var body = await response.Content.ReadAsStreamAsync(timeout.Token);
        await using var watched = new WatchedStream(body, () => timeout.CancelAfter(ReadTimeout));
        var parser = SseParser.Create(watched);
        try
        {
            await foreach (var item in parser.EnumerateAsync(timeout.Token))
            {
                RememberId(item.EventId ?? parser.LastEventId);
                if (item.EventType == "reset")
                {
                    console.Error("Some events are missing: the node has already deleted them from its journal.");
                    continue;
                }

                // The reset event that follows says the same.
                if (item.EventType == "lagged")
                    continue;

                var isNumber = long.TryParse(_last, CultureInfo.InvariantCulture, out var number);
                yield return new FollowedEvent(isNumber ? number : 0, item.EventType, item.Data);
            }
        }
        finally
        {
            // The parser already knows the number of an incomplete event, which the node must send again.
            if (watched.EndsComplete)
                RememberId(parser.LastEventId);
        }

        console.Error($"The node at {client.Address} closed the event stream; reconnecting.");
    }

    private void RememberId(string id)
    {
        if (id.Length > 0)
            _last = id;
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (_last is { } last)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last);

        return request;
    }

    /// <summary>Reports every read, and whether the last event is complete.</summary>
    private sealed class WatchedStream(Stream inner, Action onRead) : Stream
    {
        private byte _beforeLast = (byte)'\n';
        private byte _last = (byte)'\n';

        /// <summary>Whether the data ends with the empty line that ends an event.</summary>
        public bool EndsComplete => _beforeLast == '\n' && _last == '\n';
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            onRead();
            if (read > 0)
            {
                _beforeLast = read > 1 ? buffer.Span[read - 2] : _last;
                _last = buffer.Span[read - 1];
            }

            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
