using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Recorder.FFmpeg;
using Recorder.Rtsp;
using Recorder.Rtsp.Payloads;
using Recorder.Rtsp.Rtp;
using Recorder.Rtsp.Sessions;

namespace Recorder.Actors.Capture;

/// <summary>A camera that sends RTP, received by the node's own client (docs/adr/0031). What arrives is gathered in a batch.</summary>
internal sealed class RtspInput : ICaptureInput, IMediaReceiver
{
    private const long MostWhileOpening = 32 << 20;
    private const int OpeningBuffer = 256 << 10;

    private static readonly TimeSpan EndTolerance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    private readonly SourceUri _source;
    private readonly TimeProvider _time;
    private readonly MediaLimits _limits;
    private readonly List<RtspTrackInput> _tracks = [];
    private readonly PacketClock _clock;
    private RtspSession? _session;
    private long _lastMedia;
    private long _lastByte;
    private TimeSpan _reached;

    private RtspInput(SourceUri source, MediaLimits limits, TimeProvider time)
    {
        (_source, _limits, _time) = (source, limits, time);
        _clock = new PacketClock(this, source, time);
        _lastMedia = _lastByte = time.GetElapsedTime(0).Ticks;
    }

    public IReadOnlyList<StreamInfo> Streams { get; private set; } = [];

    public int StreamsVersion { get; private set; }

    public string FormatName => "rtsp";

    public TimeSpan? Duration => _session?.Duration;

    public TimeSpan? SilentFor => _time.GetElapsedTime(0) - new TimeSpan(Interlocked.Read(ref _lastByte));

    public TimeSpan? MediaSilentFor => _time.GetElapsedTime(0) - new TimeSpan(Interlocked.Read(ref _lastMedia));

    /// <summary>Whether it must be read more often than others.</summary>
    public bool IsUrgent => _session is { UsesDatagrams: true } or { IsBeginning: true };

    /// <summary>Whether a recording on the server was sent to its end. A live stream that ends comes back.</summary>
    public bool HasEnded => _session is { HasEnded: true, Duration: { } length } && _reached > length - EndTolerance;

    /// <summary>What arrived and was not taken yet. Arrival times count from <see cref="TimeProvider.GetElapsedTime(long)"/> 0.</summary>
    public PacketBatch Batch { get; private set; } = PacketBatch.Rent();

    /// <summary>Called before a frame with other parameters is added.</summary>
    public Action? OnChange { get; set; }

    /// <summary>Called before the frame behind a loss is added.</summary>
    public Action<RtspTrackInput, RtpLoss>? OnLoss { get; set; }

    /// <summary>Opens the stream and waits until its tracks are known. Blocks at most as long as the source's deadline. Throws <see
    /// cref="RtspException"/>.</summary>
    /// <param name="source">The source.</param>
    /// <param name="server">Where it is.</param>
    /// <param name="secure">The connection, if it is already made; owned from now on.</param>
    /// <param name="limits">Most tracks and pixels.</param>
    /// <param name="time">The clock of arrivals.</param>
    /// <param name="cancellation">Ends it.</param>
    public static RtspInput Open(
        SourceUri source, SourceServer server, IRtspWire? secure, MediaLimits limits, TimeProvider time, CancellationToken cancellation)
    {
        var until = time.GetElapsedTime(0) + source.OpenDeadline;
        var buffer = ArrayPool<byte>.Shared.Rent(OpeningBuffer);
        var input = new RtspInput(source, limits, time);
        try
        {
            var wire = secure ?? server.Connect(source.OpenDeadline, cancellation);
            input._session = RtspHandshake.Open(wire, OptionsFor(source, server, until - time.GetElapsedTime(0)), input, time, buffer, cancellation);
            input.AwaitTracks(buffer, until, cancellation);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads what is there; returns false when the stream is over. Throws <see cref="RtspException"/>.</summary>
    public bool Read(byte[] buffer, TimeSpan wait = default)
    {
        var goesOn = _session!.Read(buffer, wait);
        KeepLastByte();
        return goesOn;
    }

    /// <summary>Reads what has to be read between the moments of the grid; returns false when the stream is over. Throws <see
    /// cref="RtspException"/>.</summary>
    public bool ReadUrgent(byte[] buffer)
    {
        if (_session!.IsBeginning)
            return Read(buffer);

        _session.ReadDatagrams(buffer);
        KeepLastByte();
        return true;
    }

    public long TakeDrops() => _session!.TakeDrops();

    public void BeginClosing() => _session!.BeginClosing();

    public void Finish() => _session!.Finish();

    /// <summary>Takes the batch, whose packets the caller then owns.</summary>
    public PacketBatch TakeBatch()
    {
        var batch = Batch;
        Batch = PacketBatch.Rent();
        return batch;
    }

    public void Dispose()
    {
        _session?.Dispose();
        _tracks.ForEach(track => track.Dispose());
        Batch.Release();
    }

    IFrameBuffer IMediaReceiver.CreateBuffer(int track, TrackFormat format)
    {
        var input = new RtspTrackInput(track, format);
        _tracks.Add(input);
        Describe();
        return input;
    }

    void ITrackReceiver.Deliver(RtpTrack track, in RtpFrame frame, IFrameBuffer buffer)
    {
        var input = (RtspTrackInput)buffer;
        Interlocked.Exchange(ref _lastMedia, frame.Arrival.Ticks);
        if (input.Inspect(frame, (track.Depacketizer as IInBandHeader)?.Header))
        {
            OnChange?.Invoke();
            Describe();
        }

        if (input.Info is null)
        {
            input.Discard();
            return;
        }

        var place = input.TimeBase.ToTimeSpan(frame.Timestamp + frame.Duration);
        _reached = place > _reached ? place : _reached;
        input.MoveTo(Batch, frame);
        var last = Batch.Count - 1;
        Batch.SetArrival(last, frame.Arrival);
        _clock.Stamp(Batch, Batch[last], frame.Arrival);
    }

    void ITrackReceiver.Lose(RtpTrack track, in RtpLoss loss) => OnLoss?.Invoke(_tracks.First(input => input.Index == track.Index), loss);

    private void KeepLastByte() => Interlocked.Exchange(ref _lastByte, Math.Max(_lastByte, _session!.LastByte.Ticks));

    private static RtspOptions OptionsFor(SourceUri source, SourceServer server, TimeSpan deadline) => new()
    {
        Url = server.Url.ToString(),
        Deadline = deadline,
        Transport = source.StatedTransport switch
        {
            "tcp" => RtspTransport.Tcp,
            "udp" => RtspTransport.Udp,
            "multicast" => RtspTransport.Multicast,
            _ => RtspTransport.Automatic,
        },
    };

    // A track whose parameters neither the description nor a key frame has stated may follow later; one known track is enough then.
    private void AwaitTracks(byte[] buffer, TimeSpan until, CancellationToken cancellation)
    {
        var tracksUntil = _time.GetElapsedTime(0) + _source.TracksWait;
        while (_tracks.Exists(track => track.Info is null))
        {
            cancellation.ThrowIfCancellationRequested();
            var now = _time.GetElapsedTime(0);
            if (Streams.Count > 0 && (now > tracksUntil || Batch.Bytes > MostWhileOpening))
                return;

            if (Batch.Bytes > MostWhileOpening)
                throw new RtspException(RtspFault.TooMuch, "it sends much, and nothing that shows what its tracks are");

            if (now > until)
                throw new RtspException(RtspFault.Timeout, "it sends nothing that shows what its tracks are");

            if (!Read(buffer, Slice))
                throw new RtspException(RtspFault.Closed, "it closed the stream before its tracks were known");
        }
    }

    private void Describe()
    {
        var streams = _tracks.Where(track => track.Info is not null).Select(track => track.Info!).OrderBy(info => info.Index).ToList();
        _limits.Check(_source.Masked, streams);
        Streams = streams;
        StreamsVersion++;
    }
}
