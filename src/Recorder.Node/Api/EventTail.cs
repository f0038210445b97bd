using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>An event, serialized once for all readers: its bytes are the whole server-sent event.</summary>
internal sealed record EventFrame(long Number, RecorderId Recorder, string Kind, ReadOnlyMemory<byte> Bytes);

/// <summary>The end of the journal in memory, shared by all readers who keep up: each new event is read and serialized once,
/// however many they are. Readers who fell behind read the journal itself. Safe to use from any thread.</summary>
internal sealed class EventTail(ICatalogue catalogue) : IDisposable
{
    private const int MostFrames = 4096;
    private const long MostBytes = 8 << 20;
    private const int AtOnce = 500;
    private const int ForOne = 256;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private readonly Queue<EventFrame> _frames = new();
    private long _begin;
    private long _end;
    private long _bytes;

    internal int Reads { get; private set; }

    /// <summary>The frames in memory after an entry; null if memory begins later.</summary>
    public (IReadOnlyList<EventFrame> Frames, long Through)? Read(long after)
    {
        lock (_gate)
        {
            if (after < _begin)
                return null;

            var frames = _frames.Where(frame => frame.Number > after).Take(ForOne).ToList();
            return (frames, frames.Count == ForOne ? frames[^1].Number : Math.Max(after, _end));
        }
    }

    /// <summary>Reads the journal after an entry, unless another reader did meanwhile.</summary>
    public async Task FillAsync(long after, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Begin(after) is not { } from)
                return;

            Reads++;
            var last = await catalogue.LastEventAsync(cancellationToken);
            var entries = await catalogue.ReadEventsAsync(from, null, AtOnce, cancellationToken);
            Add([.. entries.Select(FrameOf)], entries.Count == AtOnce ? entries[^1].Number : last);
        }
        finally
        {
            _turn.Release();
        }
    }

    public static EventFrame FrameOf(JournalEntry entry)
    {
        var kind = EventKindConverter.NameOf(entry.Event.GetType());
        var head = $"id: {entry.Number}\nevent: {kind}\ndata: ";
        var bytes = Encoding.UTF8.GetBytes($"{head}{ProtocolJson.Write(entry.Event)}\n\n");
        return new EventFrame(entry.Number, entry.Event.Recorder, kind, bytes);
    }

    public void Dispose() => _turn.Dispose();

    // After a time without readers the tail continues at the position of the first reader that returns.
    private long? Begin(long after)
    {
        lock (_gate)
        {
            if (_end > after)
                return null;

            if (_end < after)
            {
                _frames.Clear();
                (_begin, _end, _bytes) = (after, after, 0);
            }

            return after;
        }
    }

    private void Add(IReadOnlyList<EventFrame> frames, long through)
    {
        lock (_gate)
        {
            foreach (var frame in frames)
            {
                _frames.Enqueue(frame);
                _bytes += frame.Bytes.Length;
            }

            _end = Math.Max(Math.Max(_end, through), frames.Count == 0 ? 0 : frames[^1].Number);
            while (_frames.Count > MostFrames || _bytes > MostBytes)
            {
                var oldest = _frames.Dequeue();
                (_begin, _bytes) = (oldest.Number, _bytes - oldest.Bytes.Length);
            }
        }
    }
}
