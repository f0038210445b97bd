using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>The streams that are sent to this node, by name: at most one sender each at a time, and one reader. Safe to use from any thread.</summary>
internal sealed class PushStreams
{
    private const int MostStreams = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PushSession> _senders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TaskCompletionSource<PushSession>>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Begins to send; null when somebody does already, or too many streams are sent.</summary>
    public PushSession? TryBegin(string name)
    {
        lock (_gate)
        {
            if (_senders.Count >= MostStreams || _senders.ContainsKey(name))
            {
                return null;
            }

            var session = new PushSession(ended => Remove(name, ended));
            _senders[name] = session;
            if (_waiting.Remove(name, out var waiting))
            {
                foreach (var reader in waiting)
                {
                    if (!session.IsTaken && reader.TrySetResult(session))
                    {
                        session.IsTaken = true;
                    }
                    else if (!reader.Task.IsCompleted)
                    {
                        Wait(name, reader);
                    }
                }
            }

            return session;
        }
    }

    /// <summary>The stream of a name to read, as soon as somebody sends one that nobody reads.</summary>
    public Task<PushSession> TakeAsync(string name, CancellationToken ending)
    {
        lock (_gate)
        {
            if (_senders.TryGetValue(name, out var session) && !session.IsTaken)
            {
                session.IsTaken = true;
                return Task.FromResult(session);
            }

            var reader = new TaskCompletionSource<PushSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            Wait(name, reader);
            ending.Register(() =>
            {
                lock (_gate)
                {
                    if (reader.TrySetCanceled(ending) && _waiting.TryGetValue(name, out var list) && list.Remove(reader) && list.Count == 0)
                    {
                        _waiting.Remove(name);
                    }
                }
            });
            return reader.Task;
        }
    }

    private void Wait(string name, TaskCompletionSource<PushSession> reader)
    {
        if (!_waiting.TryGetValue(name, out var list))
        {
            _waiting[name] = list = [];
        }

        list.Add(reader);
    }

    private void Remove(string name, PushSession ended)
    {
        lock (_gate)
        {
            if (_senders.TryGetValue(name, out var current) && current == ended)
            {
                _senders.Remove(name);
            }
        }
    }
}

/// <summary>One connection of a sender: what it sends waits here, within a bound, for the demuxer.</summary>
/// <param name="ended">Called when the sender is gone.</param>
internal sealed class PushSession(Action<PushSession> ended) : IMediaFeed, IDisposable
{
    private const int MostBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[MostBytes];
    private readonly ManualResetEventSlim _arrived = new();
    private TaskCompletionSource? _room;
    private int _start;
    private int _count;
    private bool _complete;
    private string? _abandoned;

    /// <summary>Whether somebody reads it, or has; set under the lock of all streams.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Hands bytes in, as fast as they are read.</summary>
    /// <returns>Null; or why the reader is gone for good.</returns>
    public async Task<string?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ending)
    {
        while (!bytes.IsEmpty)
        {
            Task room;
            lock (_gate)
            {
                if (_abandoned is not null)
                {
                    return _abandoned;
                }

                var taken = Put(bytes.Span);
                bytes = bytes[taken..];
                if (taken > 0)
                {
                    _arrived.Set();
                    continue;
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(ending).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>All was handed in: ends when the reader has it.</summary>
    /// <param name="patience">How long nothing may be read.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="ending">The sender does not wait any longer.</param>
    /// <returns>Null; or why it is not read to its end.</returns>
    public async Task<string?> DrainAsync(TimeSpan patience, TimeProvider time, CancellationToken ending)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                _complete = true;
                _arrived.Set();
                if (_count == 0 || _abandoned is not null)
                {
                    return _count == 0 ? null : _abandoned;
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            try
            {
                await room.WaitAsync(patience, time, ending).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return "Nobody records or watches the stream: send it again when somebody does.";
            }
        }
    }

    public int Read(Span<byte> into, TimeSpan wait)
    {
        lock (_gate)
        {
            if (_count > 0)
            {
                return Take(into);
            }

            if (_complete)
            {
                return -1;
            }

            _arrived.Reset();
        }

        _arrived.Wait(wait);
        lock (_gate)
        {
            return _count > 0 ? Take(into) : _complete ? -1 : 0;
        }
    }

    /// <summary>The reader is gone: what is sent has no place to go.</summary>
    public void Abandon(string reason)
    {
        lock (_gate)
        {
            _abandoned ??= reason;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>The sender is done, or gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _complete = true;
            _arrived.Set();
        }

        ended(this);
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        var total = Math.Min(bytes.Length, MostBytes - _count);
        for (var done = 0; done < total;)
        {
            var at = (_start + _count) % MostBytes;
            var part = Math.Min(total - done, MostBytes - at);
            bytes.Slice(done, part).CopyTo(_ring.AsSpan(at));
            (done, _count) = (done + part, _count + part);
        }

        return total;
    }

    private int Take(Span<byte> into)
    {
        var part = Math.Min(Math.Min(into.Length, _count), MostBytes - _start);
        _ring.AsSpan(_start, part).CopyTo(into);
        (_start, _count) = ((_start + part) % MostBytes, _count - part);
        _room?.TrySetResult();
        _room = null;
        return part;
    }
}

/// <summary>A pushed stream as an input: of one connection of its sender.</summary>
internal sealed class PushInput : ICaptureInput
{
    private readonly Demuxer _demuxer;
    private readonly PushSession _session;

    private PushInput(Demuxer demuxer, PushSession session) => (_demuxer, _session) = (demuxer, session);

    public IReadOnlyList<StreamInfo> Streams => _demuxer.Streams;

    public int StreamsVersion => _demuxer.StreamsVersion;

    public string FormatName => _demuxer.FormatName;

    public TimeSpan? Duration => null;

    public long? StartTimeRealtimeUs => null;

    public Action? OnWaiting
    {
        get => _demuxer.OnWaiting;
        set => _demuxer.OnWaiting = value;
    }

    public static PushInput Open(SourceUri source, PushSession session, CancellationToken cancellation) =>
        new(
            Demuxer.Open(
                new DemuxerOptions
                {
                    Url = source.Masked,
                    Feed = session,
                    FormatWhitelist = SourceSchemes.Of(source).Formats,
                    ProtocolWhitelist = "none",
                    OpenDeadline = source.OpenDeadline,
                    ReadDeadline = source.Deadline + TimeSpan.FromSeconds(1),
                    LiveLowLatencyProbe = true,
                },
                cancellation),
            session);

    public ReadResult Read(PacketBatch into) => _demuxer.Read(into);

    public void SeekToStart() => throw new NotSupportedException("A pushed stream has no beginning to go back to.");

    public void Cancel() => _demuxer.Cancel();

    public void Dispose()
    {
        _demuxer.Dispose();
        _session.Abandon("Nobody records or watches the stream any more: connect again when somebody does.");
    }
}
