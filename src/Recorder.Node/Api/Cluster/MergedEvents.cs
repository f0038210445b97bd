using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Events;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;

namespace Recorder.Node.Api;

/// <summary>An event of some node of the cluster.</summary>
/// <param name="Node">The node in whose journal it is.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Recorder">Whose it is.</param>
/// <param name="Sequence">Its number among its recorder's.</param>
/// <param name="Kind">Its name; <c>reset</c> where events are lost.</param>
/// <param name="Text">Its JSON.</param>
internal sealed record MergedEvent(string Node, long Number, RecorderId Recorder, long Sequence, string Kind, string Text)
{
    /// <summary>Where a reader is that has this and all before; empty where only what follows says so.</summary>
    public string Id { get; init; } = "";

    /// <summary>What a reader has of each recorder who is there in the node's journal; no event.</summary>
    public IReadOnlyDictionary<string, long>? Seen { get; init; }
}

/// <summary>
/// The events of all nodes for one reader: this node's from its journal, each other's from the stream that it serves. A stream that breaks is
/// taken up where it was. Nothing is asked of anybody before somebody reads.
/// </summary>
internal sealed class MergedEvents(ClusterRuntime cluster, EventTail tail, SqlCatalogue journal, PeerLinks links, EventFilter filter, TimeProvider time)
{
    private const int MostUnread = 1_000;
    private const int Page = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Longer than it takes until a link that is cut is found out. Who wants some kinds only sees holes wherever a recorder changes its node.
    private static readonly TimeSpan PatienceForAll = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // A node writes something every 15 s.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    private readonly Channel<MergedEvent> _merged = Channel.CreateBounded<MergedEvent>(MostUnread);
    private readonly EventOrder<MergedEvent> _order = new(filter.Kinds.Count == 0 ? PatienceForAll : Patience, time);

    // Until when a node counts as one that cannot be heard: for ever while its stream is broken, and then until it had time to tell what it kept.
    private readonly ConcurrentDictionary<string, long> _cutOff = new();

    private readonly List<MergedEvent> _kept = [];
    private EventPosition _begin = EventPosition.Empty;
    private EventPosition _taken = EventPosition.Empty;
    private int _connecting = int.MaxValue;

    /// <summary>Where the reader began: before its first event.</summary>
    public string BeginPosition => _begin.ToString();

    /// <summary>Where the reader is: before everything that waits.</summary>
    public string Position
    {
        get
        {
            var position = _taken.Copy();
            foreach (var waiting in _order.All)
            {
                position.Reach(waiting.Node, Math.Min(position[waiting.Node] ?? long.MaxValue, waiting.Number - 1));
            }

            return position.ToString();
        }
    }

    /// <summary>The events from a position on, without end; null means that a while went by without any.</summary>
    /// <param name="from">Where to begin; of nodes that it does not name, with what comes.</param>
    /// <param name="heartbeat">After which null comes.</param>
    /// <param name="ending">Ends it.</param>
    public async IAsyncEnumerable<IReadOnlyList<MergedEvent>?> ReadAsync(
        EventPosition from, TimeSpan heartbeat, [EnumeratorCancellation] CancellationToken ending)
    {
        (_begin, _taken) = (from.Copy(), from.Copy());
        _order.IsCutOff = IsCutOff;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ending, cluster.Ending);
        var reading = ReadAllAsync(stopping.Token);
        try
        {
            var quiet = time.GetTimestamp();
            await ConnectedAsync(stopping.Token);
            var first = new List<MergedEvent>();
            await TakeAsync(first, stopping.Token);
            // Whoever hears this hears of everything that happens from here on, and knows where it began.
            yield return [];
            if (first.Count > 0)
                yield return first;

            while (!stopping.IsCancellationRequested)
            {
                var ready = new List<MergedEvent>();
                await TakeAsync(ready, stopping.Token);
                if (ready.Count > 0)
                {
                    quiet = time.GetTimestamp();
                    yield return ready;
                }
                else if (time.GetElapsedTime(quiet) >= heartbeat)
                {
                    quiet = time.GetTimestamp();
                    yield return null;
                }
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAsync(List<MergedEvent> ready, CancellationToken ending)
    {
        if (!_merged.Reader.TryPeek(out _))
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ending);
            waiting.CancelAfter(Interval);
            try
            {
                await _merged.Reader.WaitToReadAsync(waiting.Token);
            }
            catch (OperationCanceledException) when (!ending.IsCancellationRequested)
            {
                // What waits for others may be due.
            }
        }

        while (ready.Count < Page && _merged.Reader.TryRead(out var raised))
        {
            _taken.Reach(raised.Node, raised.Number);
            if (raised.Kind.Length == 0)
                _begin.Reach(raised.Node, raised.Number);

            if (raised.Kind == "reset")
            {
                _kept.Add(raised);
            }
            else if (raised.Seen is { } seen)
            {
                foreach (var (recorder, sequence) in seen)
                {
                    _order.Seen(new RecorderId(recorder), sequence, raised.Node);
                }
            }
            else if (raised.Kind.Length > 0)
            {
                _order.Offer(raised.Recorder, raised.Sequence, raised.Node, raised, _kept);
            }

            Hand(ready);
        }

        _order.Expire(_kept);
        Hand(ready);
    }

    private void Hand(List<MergedEvent> ready)
    {
        if (_kept.Count > 0)
        {
            _kept[^1] = _kept[^1] with { Id = Position };
            ready.AddRange(_kept);
            _kept.Clear();
        }
    }

    private async Task ConnectedAsync(CancellationToken ending)
    {
        var began = time.GetTimestamp();
        while (Volatile.Read(ref _connecting) > 0 && time.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(Step, time, ending);
        }
    }

    // A node that joins is read from its first event on: all of it happened since.
    private async Task ReadAllAsync(CancellationToken ending)
    {
        // Before anything is awaited: from here on nothing that happens here is missed.
        var here = _taken[cluster.Name] ?? await journal.LastEventAsync(ending);
        var seen = await journal.Journal.SequencesAtAsync(here, ending);
        await _merged.Writer.WriteAsync(
            Begin(cluster.Name, here) with { Seen = seen.ToDictionary(it => it.Key.Value, it => it.Value) }, ending);
        var positions = await PositionsAsync(ending);
        var readers = new Dictionary<string, Task> { [cluster.Name] = ReadHereAsync(here, ending) };
        var isFirst = true;
        Volatile.Write(ref _connecting, cluster.View.Members.Count(member => member.IsAlive && member.Name != cluster.Name));
        var known = _taken.Copy();
        while (!ending.IsCancellationRequested)
        {
            foreach (var member in cluster.View.Members.Where(member => !readers.ContainsKey(member.Name)))
            {
                var after = known[member.Name] ?? (isFirst ? null : 0);
                readers.Add(member.Name, ReadPeerAsync(member.Name, after, positions.GetValueOrDefault(member.Name), ending));
            }

            isFirst = false;
            await Task.Delay(Interval, time, ending);
        }
    }

    private async Task ReadHereAsync(long after, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                var (frames, through) = tail.Read(after) ?? await ReadJournalAsync(after, ending);
                foreach (var frame in frames.Where(filter.Passes))
                {
                    await _merged.Writer.WriteAsync(
                        new MergedEvent(cluster.Name, frame.Number, frame.Recorder, frame.Sequence, frame.Kind, frame.Text), ending);
                }

                if (through == after)
                {
                    await journal.WaitForEventsAsync(after, ending);
                    await tail.FillAsync(after, ending);
                }

                after = through;
            }
            catch (JournalTruncatedException truncated)
            {
                after = truncated.Oldest - 1;
                await _merged.Writer.WriteAsync(Reset(cluster.Name, after), ending);
            }
            catch (CatalogueUnavailableException)
            {
                await Task.Delay(Interval, time, ending);
            }
        }
    }

    private async Task<(IReadOnlyList<EventFrame> Frames, long Through)> ReadJournalAsync(long after, CancellationToken ending)
    {
        var last = await journal.LastEventAsync(ending);
        var entries = await journal.ReadEventsAsync(after, filter.Recorder, Page, ending);
        var through = entries.Count == Page ? entries[^1].Number : Math.Max(last, entries.Count == 0 ? after : entries[^1].Number);
        return ([.. entries.Select(EventTail.FrameOf)], through);
    }

    private async Task<IReadOnlyDictionary<string, long>> PositionsAsync(CancellationToken ending)
    {
        try
        {
            return (await cluster.Index.PositionsAsync(ending)).ToDictionary(position => position.Key, position => position.Value.Journal.Number);
        }
        catch (CatalogueUnavailableException)
        {
            return new Dictionary<string, long>();
        }
    }

    private bool IsCutOff(string node) => _cutOff.TryGetValue(node, out var until) && time.GetTimestamp() < until
        && cluster.View.Find(node) is { IsAlive: true };

    // A node that cannot be reached at first is read, when it comes back, from where it was: what it tells then happened since.
    private async Task ReadPeerAsync(string node, long? after, long known, CancellationToken ending)
    {
        var pause = Interval;
        var last = after;
        while (!ending.IsCancellationRequested)
        {
            // Its URL is another when it comes back elsewhere.
            if (cluster.View.Find(node) is { } peer)
            {
                try
                {
                    await foreach (var raised in StreamAsync(peer, last, number => last = number, ending))
                    {
                        if (_cutOff.TryGetValue(node, out var until) && until == long.MaxValue)
                        {
                            _cutOff[node] = time.GetTimestamp() + (long)(Patience.TotalSeconds * time.TimestampFrequency);
                        }

                        pause = Interval;
                        last = raised.Number;
                        await _merged.Writer.WriteAsync(raised, ending);
                        // Where it begins is in the reader's position from now on.
                        if (raised.Seen is not null)
                            Interlocked.Decrement(ref _connecting);
                    }
                }
                catch (Exception broken) when (!ending.IsCancellationRequested
                    && broken is HttpRequestException or IOException or OperationCanceledException or JsonException)
                {
                    // It is taken up where it was.
                }
            }

            _cutOff[node] = long.MaxValue;
            last ??= known;
            await Task.Delay(pause, time, ending);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async IAsyncEnumerable<MergedEvent> StreamAsync(
        ClusterMember peer, long? after, Action<long> reached, [EnumeratorCancellation] CancellationToken ending)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ending);
        silence.CancelAfter(Silence);
        using var response = await links.SendAsync(
            peer.Url, HttpMethod.Get, PathOf(), filter.Access, null,
            request =>
            {
                if (after is { } number)
                {
                    request.Headers.TryAddWithoutValidation("Last-Event-ID", number.ToString(CultureInfo.InvariantCulture));
                }
            },
            silence.Token);
        response.EnsureSuccessStatusCode();
        if (response.Headers.TryGetValues(EventStream.BeginHeader, out var begins)
            && long.TryParse(begins.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var begin))
        {
            if (after is null)
            {
                reached(begin);
                yield return Begin(peer.Name, begin);
            }
        }
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
        var parser = SseParser.Create(body);
        await foreach (var item in parser.EnumerateAsync(silence.Token))
        {
            silence.CancelAfter(Silence);
            if (long.TryParse(item.EventId ?? parser.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return item.EventType == "reset" ? Reset(peer.Name, number)
                    : item.EventType == EventStream.Seen ? SeenOf(peer.Name, number, item.Data)
                    : EventOf(peer.Name, number, item.EventType, item.Data);
            }
        }
    }

    private string PathOf()
    {
        var path = new StringBuilder("/v1/events?");
        if (filter.Recorder is { } recorder)
        {
            path.Append("recorder=").Append(recorder).Append('&');
        }

        path.AppendJoin('&', filter.Kinds.Select(kind => "kind=" + kind));
        return path.ToString().TrimEnd('?', '&');
    }

    private static MergedEvent EventOf(string node, long number, string kind, string text)
    {
        using var json = JsonDocument.Parse(text);
        var recorder = json.RootElement.GetProperty("recorder").GetString() ?? "";
        return new MergedEvent(node, number, new RecorderId(recorder), json.RootElement.GetProperty("sequence").GetInt64(), kind, text);
    }

    private static MergedEvent SeenOf(string node, long number, string text) =>
        Begin(node, number) with { Seen = JsonSerializer.Deserialize<Dictionary<string, long>>(text) };

    // No event: where the reader began.
    private static MergedEvent Begin(string node, long number) => new(node, number, default, 0, "", "");

    private static MergedEvent Reset(string node, long number) =>
        new(node, number, default, 0, "reset", string.Create(CultureInfo.InvariantCulture, $"{{\"event\":\"reset\",\"node\":\"{node}\",\"oldest\":{number + 1}}}"));
}
