using System.Diagnostics.CodeAnalysis;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>
/// The one thread of a live source. Hands over what arrived as one message when the node's grid ticks (waking the node once for all
/// sources), also while the source is silent. Owns the input from <see cref="Start"/> on and closes it before <see cref="Ended"/>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Other threads may still signal the event; it holds no handle unless waited on by one.")]
internal sealed class LiveReader
{
    private const long MostPending = 64L << 20;
    private const long MostBytes = 4L << 20;

    // Microseconds that a sender's clock may differ from this machine's and still be believed.
    private const long MostOfDevice = 10_000_000;
    private const long MostOfCamera = 60_000_000;

    // What came within a moment of a loss may be what FFmpeg's parsers still held: half a picture.
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(2);

    private readonly ICaptureInput _input;
    private readonly SourceUri _source;
    private readonly int _attempt;
    private readonly IActorRef _owner;
    private readonly CaptureServices _services;
    private readonly ManualResetEventSlim _wake = new();
    private readonly bool _finite;
    private readonly long _mostPending;
    private readonly SenderClock _clock = new();
    // A read fills one batch while what was read before may be handed over from another: the source may be silent for long.
    private PacketBatch _incoming = PacketBatch.Rent();
    private PacketBatch _batch = PacketBatch.Rent();
    private long _cell;
    private int _version;
    private long _pending;
    private volatile bool _cancelled;
    private TimeSpan? _paceOrigin;
    private TimeSpan _takenAt;

    public LiveReader(ICaptureInput input, SourceUri source, int attempt, IActorRef owner, CaptureServices services)
    {
        _input = input;
        _source = source;
        _attempt = attempt;
        _owner = owner;
        _services = services;
        _version = input.StreamsVersion;
        _finite = IsFinite(source, input);
        _mostPending = source.WaitsForSubscribers ? 0 : MostPending;
    }

    /// <summary>Whether it is a recording on a server: read at its own pace, and over at its end.</summary>
    public static bool IsFinite(SourceUri source, ICaptureInput input) => source.Kind == SourceKind.Network && input.Duration is not null;

    /// <summary>Begins to read.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "capture " + _source.SuggestedId }.Start();

    /// <summary>Ends reading soon; <see cref="Ended"/> follows.</summary>
    public void Cancel()
    {
        _cancelled = true;
        _wake.Set();
        _input.Cancel();
    }

    /// <summary>The owner is done with bytes it was sent.</summary>
    public void Taken(long bytes)
    {
        if (Interlocked.Add(ref _pending, -bytes) <= _mostPending)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        Exception? error = null;
        var hasEnded = _finite;
        try
        {
            _input.OnWaiting = FlushIfDue;
            while (!_cancelled)
            {
                var result = _input.Read(_incoming);
                if (result == ReadResult.EndOfStream)
                {
                    hasEnded |= _input.HasEnded;
                    break;
                }

                if (result == ReadResult.TryAgain)
                {
                    Pause(TimeSpan.FromMilliseconds(10));
                    FlushIfDue();
                }
                else
                {
                    // First what came before: the newest packet is trusted when another follows or it gets a little older.
                    FlushIfDue();
                    Take();
                }
            }
        }
#pragma warning disable CA1031 // Whatever ends the thread is reported to the actor, which translates it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        // Nothing may be called into this reader once the input is closed.
        _input.OnWaiting = null;
        // A stream that was closed ended with a whole packet as far as anybody can tell; a connection that broke did not.
        var cut = _source.Kind == SourceKind.Network && error is not null ? CutUnfinished() : 0;
        Flush();
        _batch.Release();
        _incoming.Release();
        _input.Dispose();
        _owner.Tell(new Ended(_attempt, _input, error, hasEnded, cut), ActorRefs.NoSender);
    }

    private void Take()
    {
        if (_input.StreamsVersion != _version)
        {
            _version = _input.StreamsVersion;
            Flush();
            _owner.Tell(new StreamsChanged(_attempt, _input.Streams), ActorRefs.NoSender);
        }

        var info = _incoming[0];
        _takenAt = _services.Now;
        _batch.Append(_incoming, 0);
        _batch.SetArrival(_batch.Count - 1, _takenAt);
        _incoming.Release();
        _incoming = PacketBatch.Rent();
        _batch.SetCaptureTime(_batch.Count - 1, CaptureTime(info));

        if (_finite)
        {
            Pace(info);
        }
    }

    // The sender's clock where it states one, else the time of arrival.
    private long CaptureTime(in PacketInfo info)
    {
        var now = (_services.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return _clock.Judge(info.Track, info.CaptureTimeUs != 0 ? info.CaptureTimeUs : Stated(info, now), now, _takenAt);
    }

    private long Stated(in PacketInfo info, long now)
    {
        if (info.Pts == PacketInfo.NoTimestamp || (_input.StartTimeRealtimeUs is null && _source.Kind != SourceKind.Device))
        {
            return 0;
        }

        var pts = _input.Streams[info.Track].TimeBase.Rescale(info.Pts, Rational.Microseconds);
        var stated = pts + (_input.StartTimeRealtimeUs ?? 0);
        // Devices stamp with the wall clock, cameras with their own; one that is not set says nonsense, and retention would go by it.
        return Math.Abs(stated - now) > (_source.Kind == SourceKind.Device ? MostOfDevice : MostOfCamera) ? 0 : stated;
    }

    private void Pace(in PacketInfo info)
    {
        if (info.Dts == PacketInfo.NoTimestamp)
        {
            return;
        }

        var media = _input.Streams[info.Track].TimeBase.ToTimeSpan(info.Dts);
        var due = media + (_paceOrigin ??= _services.Now - media);
        while (!_cancelled && due - _services.Now > TimeSpan.FromMilliseconds(20))
        {
            FlushIfDue();
            Pause(TimeSpan.FromMilliseconds(Math.Min(50, (due - _services.Now).TotalMilliseconds)));
        }
    }

    private void FlushIfDue()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        var now = _services.Now;
        var cell = now.Ticks / _services.Options.Grid.Ticks;
        if ((cell != _cell && now - _takenAt >= Settled) || _batch.Bytes > MostBytes)
        {
            _cell = cell;
            Flush();
        }
    }

    // The last picture of each stream is what had arrived of it. A whole one costs little: the gap begins a picture earlier.
    private int CutUnfinished()
    {
        var last = new HashSet<int>();
        var kept = new List<int>();
        for (var i = _batch.Count - 1; i >= 0; i--)
        {
            var track = _batch[i].Track;
            if (_input.Streams[track].Parameters.Kind != MediaKind.Video || !last.Add(track))
            {
                kept.Insert(0, i);
            }
        }

        var cut = _batch.Count - kept.Count;
        if (cut > 0)
        {
            var whole = PacketBatch.Rent();
            kept.ForEach(index => whole.Append(_batch, index));
            _batch.Release();
            _batch = whole;
        }

        return cut;
    }

    private void Flush()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        Interlocked.Add(ref _pending, _batch.Bytes);
        _owner.Tell(new Arrived(_attempt, _batch, _services.Now), ActorRefs.NoSender);
        _batch = PacketBatch.Rent();
        while (Interlocked.Read(ref _pending) > _mostPending && !_cancelled)
        {
            Pause(TimeSpan.FromMilliseconds(100));
        }
    }

    private void Pause(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            _wake.Wait(time);
            _wake.Reset();
        }
    }

    /// <summary>Packets arrived. The owner of the message owns the batch and says <see cref="Taken"/>.</summary>
    internal sealed record Arrived(int Attempt, PacketBatch Batch, TimeSpan At);

    /// <summary>The streams are these from the next packet on.</summary>
    internal sealed record StreamsChanged(int Attempt, IReadOnlyList<StreamInfo> Streams);

    /// <summary>The input is closed and the thread ends.</summary>
    /// <param name="Attempt">Of which opening.</param>
    /// <param name="Input">What was read.</param>
    /// <param name="Error">Why; null when the source ended.</param>
    /// <param name="Finite">Whether the source states its length, or that nothing follows, so that an end is its end.</param>
    /// <param name="Cut">Packets left out at the end because they may not be whole.</param>
    internal sealed record Ended(int Attempt, ICaptureInput Input, Exception? Error, bool Finite, int Cut);
}
