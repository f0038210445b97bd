using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Events;

/// <summary>An event as the node sent it.</summary>
/// <param name="Number">Its number in the node's journal; 0 in a cluster.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its JSON.</param>
internal sealed record FollowedEvent(long Number, string Kind, string Text);

/// <summary>
/// Follows a stream of events; where it breaks it comes back and goes on behind the last one that it had: nothing is lost, nothing comes
/// twice.
/// </summary>
/// <param name="client">The node.</param>
/// <param name="path">The stream, with its filters.</param>
/// <param name="after">Where to begin; null with what comes.</param>
/// <param name="console">Where it says that the node went away.</param>
/// <param name="pause">Waits between two attempts; null waits.</param>
internal sealed class EventFollower(
    NodeClient client, string path, long? after, CommandOutput console, Func<TimeSpan, CancellationToken, Task>? pause = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // A node writes something every 15 s: one that does not is gone, whatever TCP believes.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(50);

    private readonly Func<TimeSpan, CancellationToken, Task> _pause = pause ?? Task.Delay;
    // A number; of a cluster a position in each node's journal.
    private string? _last = after?.ToString(CultureInfo.InvariantCulture);
    private bool _connected;

    /// <summary>The events, without end.</summary>
    /// <exception cref="NodeException">The node does not answer at first, or refuses.</exception>
    public async IAsyncEnumerable<FollowedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wait = FirstPause;
        while (true)
        {
            await using var events = StreamAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, cancellationToken))
            {
                wait = FirstPause;
                yield return events.Current;
            }

            await _pause(wait, cancellationToken);
            wait = wait * 2 < LongestPause ? wait * 2 : LongestPause;
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<FollowedEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (NodeException away) when (_connected && away.Status is null or 429 or >= 500)
        {
            return false;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async IAsyncEnumerable<FollowedEvent> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Silence);
        using var response = await client.OpenAsync(Request, patience.Token);
        if (_connected)
        {
            console.Error($"the node at {client.Address} answers again");
        }

        _connected = true;
        // The number behind which to go on is also there when no event follows: a filter may let nothing through for days.
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        await using var watched = new WatchedStream(body, () => patience.CancelAfter(Silence));
        var parser = SseParser.Create(watched);
        try
        {
            await foreach (var item in parser.EnumerateAsync(patience.Token))
            {
                Reached(item.EventId ?? parser.LastEventId);
                if (item.EventType == "reset")
                {
                    console.Error("some events are lost: the node keeps them no longer");
                    continue;
                }

                yield return new FollowedEvent(_last is { } id && long.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : 0, item.EventType, item.Data);
            }
        }
        finally
        {
            // Of an event that was cut off the parser knows the number already; it has to come again.
            if (watched.EndsWhole)
            {
                Reached(parser.LastEventId);
            }
        }

        console.Error($"the node at {client.Address} ended the stream of events; asking again");
    }

    private void Reached(string id)
    {
        if (id.Length > 0)
        {
            _last = id;
        }
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (_last is { } last)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        }

        return request;
    }

    /// <summary>Says when something came, and whether what came last was whole.</summary>
    private sealed class WatchedStream(Stream inner, Action came) : Stream
    {
        private byte _beforeLast = (byte)'\n';
        private byte _last = (byte)'\n';

        /// <summary>Whether the last thing read was the empty line behind an event.</summary>
        public bool EndsWhole => _beforeLast == '\n' && _last == '\n';

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
            came();
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
