using System.Diagnostics.CodeAnalysis;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Reads a live source on a thread of its own. Sends what arrived at the same moments for all sources, so that the node
/// wakes once in each <see cref="CaptureOptions.Grid"/>.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Other threads may still signal the event, which has no handle to release.")]
internal sealed class LiveReader(IPacketInput input, SourceUri source, int attempt, IActorRef owner, CaptureContext context) : ILiveReader
{
    // Packets that arrive this shortly before a loss may be incomplete frames that FFmpeg's parsers had buffered.
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(2);

    private readonly PacketClock _clock = new(input, source, context.Time);
    private readonly ManualResetEventSlim _wake = new();
    private readonly bool _isFinite = IsFinite(source, input);
    private readonly long _mostPending = source.WaitsForSubscribers ? 0 : ILiveReader.MostPending;
    // The next packet is read into a batch of its own, because earlier packets may be sent while the read blocks.
    private PacketBatch _incoming = PacketBatch.Rent();
    private PacketBatch _batch = PacketBatch.Rent();
    private long _interval;
    private int _version = input.StreamsVersion;
    private long _pending;
    private volatile bool _isCancelled;
    private TimeSpan? _paceOrigin;
    private TimeSpan _lastArrival;

    /// <summary>A recording on a server is read at its own pace and is over at its end.</summary>
    public static bool IsFinite(SourceUri source, ICaptureInput input) =>
        source.Kind == SourceKind.Network && input.Duration is not null;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "capture " + source.SuggestedId }.Start();

    public void Cancel()
    {
        _isCancelled = true;
        _wake.Set();
        input.Cancel();
    }

    public void Taken(long bytes)
    {
        if (Interlocked.Add(ref _pending, -bytes) <= _mostPending)
            _wake.Set();
    }

    private void Run()
    {
        Exception? error = null;
        var hasEnded = _isFinite;
        try
        {
            input.OnWaiting = FlushIfDue;
            hasEnded |= ReadToEnd();
        }
#pragma warning disable CA1031 // Every error is reported to the actor, which translates it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        // The input must not call this reader while it is being closed.
        input.OnWaiting = null;
        // A stream that was closed ended with a whole packet, as far as can be known; a connection that broke may not have.
        var cut = source.Kind == SourceKind.Network && error is not null ? CutUnfinished() : 0;
        Flush();
        _batch.Release();
        _incoming.Release();
        input.Dispose();
        owner.Tell(new ILiveReader.Ended(attempt, input, error, hasEnded, cut), ActorRefs.NoSender);
    }

    // Returns whether the source said that nothing follows.
    private bool ReadToEnd()
    {
        while (!_isCancelled)
        {
            var result = input.Read(_incoming);
            if (result == ReadResult.EndOfStream)
                return input.HasEnded;

            if (result == ReadResult.TryAgain)
            {
                Pause(TimeSpan.FromMilliseconds(10));
                FlushIfDue();
            }
            else
            {
                // Sends earlier packets first: the newest packet is complete only when another follows or it is a little older.
                FlushIfDue();
                Take();
            }
        }

        return false;
    }

    private void Take()
    {
        if (input.StreamsVersion != _version)
        {
            _version = input.StreamsVersion;
            Flush();
            owner.Tell(new ILiveReader.StreamsChanged(attempt, input.Streams), ActorRefs.NoSender);
        }

        var info = _incoming[0];
        _lastArrival = context.Now;
        _batch.Append(_incoming, 0);
        _batch.SetArrival(_batch.Count - 1, _lastArrival);
        _incoming.Release();
        _incoming = PacketBatch.Rent();
        _clock.Stamp(_batch, info, _lastArrival);

        if (_isFinite)
            Pace(info);
    }

    private void Pace(in PacketInfo info)
    {
        if (info.Dts == PacketInfo.NoTimestamp)
            return;

        var media = input.Streams[info.Track].TimeBase.ToTimeSpan(info.Dts);
        var due = media + (_paceOrigin ??= context.Now - media);
        while (!_isCancelled && due - context.Now > TimeSpan.FromMilliseconds(20))
        {
            FlushIfDue();
            Pause(TimeSpan.FromMilliseconds(Math.Min(50, (due - context.Now).TotalMilliseconds)));
        }
    }

    private void FlushIfDue()
    {
        if (_batch.Count == 0)
            return;

        var now = context.Now;
        var interval = now.Ticks / context.Options.Grid.Ticks;
        if ((interval != _interval && now - _lastArrival >= Settled) || _batch.Bytes > ILiveReader.MostBytes)
        {
            _interval = interval;
            Flush();
        }
    }

    // The last frame of each video stream may be incomplete. If it is whole, the gap only begins one frame earlier.
    private int CutUnfinished()
    {
        var cut = new HashSet<int>();
        var kept = new List<int>();
        for (var i = _batch.Count - 1; i >= 0; i--)
        {
            var track = _batch[i].Track;
            if (input.Streams[track].Parameters.Kind != MediaKind.Video || !cut.Add(track))
                kept.Insert(0, i);
        }

        if (cut.Count > 0)
            _batch = PacketBatches.Replace(_batch, kept);

        return cut.Count;
    }

    private void Flush()
    {
        if (_batch.Count == 0)
            return;

        Interlocked.Add(ref _pending, _batch.Bytes);
        owner.Tell(new ILiveReader.Arrived(attempt, _batch, context.Now), ActorRefs.NoSender);
        _batch = PacketBatch.Rent();
        while (Interlocked.Read(ref _pending) > _mostPending && !_isCancelled)
            Pause(TimeSpan.FromMilliseconds(100));
    }

    private void Pause(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            _wake.Wait(time);
            _wake.Reset();
        }
    }
}
