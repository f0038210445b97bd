using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Recording;

/// <summary>
/// Keeps references to the latest media of a source in whole GOPs, limited in time and bytes. Messages of the source are kept in their order
/// among the packets.
/// </summary>
/// <param name="maximumTime">Media time to keep.</param>
/// <param name="maximumBytes">Bytes of packets to keep.</param>
/// <param name="identifies">Whether key frames are identified by their bytes, for <see cref="TakeAt"/>.</param>
internal sealed class PreRollBuffer(TimeSpan maximumTime, long maximumBytes, bool identifies = false)
{
    // Limits the memory for a source that sends messages and no media.
    private const int MaximumMessages = 256;

    // A packet waits no longer than this in its batch and in the recorder's mailbox.
    private static readonly TimeSpan MaximumDelay = TimeSpan.FromSeconds(2);

    private readonly LinkedList<Gop> _gops = new();
    private readonly HashSet<int> _muted = [];
    private int _videoTrack;
    private int _messages;

    /// <summary>Media time to keep.</summary>
    public TimeSpan MaximumTime { get; set; } = maximumTime;

    /// <summary>The tracks of the buffered media; null while the source is not open.</summary>
    public SourceOpened? Opened { get; private set; }

    /// <summary>Whether there is a whole GOP. The first one may lack frames when the source was joined in its middle.</summary>
    public bool HasWholeGop => _gops.Count > 1;

    /// <summary>When the oldest key frame was captured; null without one.</summary>
    public DateTimeOffset? Oldest => _gops.First?.Value.CapturedAt;

    /// <summary>Which clock says so of the latest key frame.</summary>
    public CaptureClock Clock => _gops.Last is not { } last ? CaptureClock.Unknown : last.Value.IsStated ? CaptureClock.Sender : CaptureClock.Arrival;

    /// <summary>Bytes of the buffered media per second; 0 while there is less than a GOP.</summary>
    public long BytesPerSecond =>
        HasWholeGop && _gops.Last!.Value.Begins - _gops.First!.Value.Begins is { Ticks: > 0 } length
            ? (long)((Bytes - _gops.Last.Value.Bytes) / length.TotalSeconds) : 0;

    /// <summary>Bytes of the buffered packets.</summary>
    public long Bytes { get; private set; }

    /// <summary>Clears the buffer and begins with the tracks of an opened source.</summary>
    public void Open(SourceOpened opened)
    {
        Clear();
        Opened = opened;
        _videoTrack = FirstVideoOf(opened.Tracks);
    }

    /// <summary>Adds references to the packets of a batch, from the first key frame on.</summary>
    /// <param name="batch">A batch that has just arrived.</param>
    /// <param name="now">The wall clock: the capture time of packets that state none.</param>
    /// <param name="steady">The machine's steady clock, by which the length of the buffer is limited.</param>
    public void Add(PacketBatch batch, DateTimeOffset now, TimeSpan steady)
    {
        var from = 0;
        for (var index = 0; index < batch.Count; index++)
        {
            if (IsBeginning(batch, index))
            {
                AddSlice(batch, from, index);
                var keyFrame = identifies && _videoTrack >= 0 ? RecordedKeyFrames.Of(TimeSpan.Zero, batch.Data(index)) : null;
                _gops.AddLast(new Gop(CapturedAt(batch[index], now), batch.IsCaptureStated(index), ArrivalOf(batch[index], now, steady), keyFrame));
                from = index;
            }
        }

        AddSlice(batch, from, batch.Count);
        if (_gops.Last is { } last && batch.Count > 0)
            last.Value.Ends = ArrivalOf(batch[batch.Count - 1], now, steady);

        Prune(steady);
    }

    /// <summary>Adds a message of the source at the present place among the packets.</summary>
    public void Add(SourceMessage message)
    {
        if (message is TracksChanged { Tracks: var tracks })
            _videoTrack = FirstVideoOf(tracks);

        if (_gops.Last is not { } last)
        {
            ApplyToTracks(message);
        }
        else if (++_messages <= MaximumMessages)
        {
            last.Value.Content.Add(message);
        }
        else
        {
            // The source is too unstable for a useful pre-roll.
            Drop(_gops.Count);
        }
    }

    /// <summary>
    /// Empties the buffer and returns its content from the key frame nearest to a moment on: the <see cref="SourceOpened"/> of the tracks, then
    /// batches and messages in order.
    /// </summary>
    /// <returns>Null when all media is older than the moment. The caller releases the batches.</returns>
    public IReadOnlyList<object>? TakeFrom(TimeSpan moment) =>
        TakeFrom(_gops.Where(gop => gop.Ends >= moment).MinBy(gop => (gop.Begins - moment).Duration()));

    /// <summary>
    /// Empties the buffer as <see cref="TakeFrom(TimeSpan)"/> does, and returns its content from the last key frame before a moment on.
    /// </summary>
    /// <returns>All content when it begins after the moment; null when the buffer is empty.</returns>
    public IReadOnlyList<object>? TakeBefore(DateTimeOffset moment) =>
        TakeFrom(_gops.LastOrDefault(gop => gop.CapturedAt <= moment) ?? _gops.First?.Value);

    /// <summary>
    /// Empties the buffer and returns its content from the last of the given key frames on, as <see cref="TakeFrom(TimeSpan)"/> does. Ignores
    /// key frames that occur twice, as in a still image.
    /// </summary>
    /// <param name="keyFrames">Key frames, oldest first.</param>
    /// <returns>The content and the key frame with which it begins; null when the buffer contains none of the key frames.</returns>
    public (IReadOnlyList<object> Content, KeyPicture Seam)? TakeAt(IReadOnlyList<KeyPicture> keyFrames)
    {
        foreach (var keyFrame in keyFrames.Reverse())
        {
            var gops = _gops.Where(gop => IsSame(gop.KeyFrame, keyFrame)).Take(2).ToList();
            if (gops is [var only] && keyFrames.Count(other => IsSame(other, keyFrame)) == 1 && TakeFrom(only) is { } content)
                return (content, keyFrame);
        }

        return null;
    }

    private static int FirstVideoOf(IReadOnlyList<SourceTrack> tracks) =>
        tracks.FirstOrDefault(track => track.Parameters.Kind == MediaKind.Video)?.Id ?? -1;

    private static bool IsSame(KeyPicture? left, KeyPicture right) => left?.Crc32C == right.Crc32C && left.Size == right.Size;

    private List<object>? TakeFrom(Gop? first)
    {
        if (Opened is null || first is null)
        {
            Clear();
            return null;
        }

        while (_gops.First!.Value != first)
            Drop(1);

        List<object> content = [Opened, .. _muted.Select(track => new TrackMuted(track, Muted: true)), .. _gops.SelectMany(gop => gop.Content)];
        _gops.Clear();
        Clear();
        return content;
    }

    public void Clear()
    {
        Drop(_gops.Count);
        _muted.Clear();
        Opened = null;
        Bytes = 0;
    }

    private static DateTimeOffset CapturedAt(PacketInfo packet, DateTimeOffset now) =>
        packet.CaptureTimeUs > 0 ? DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs) : now;

    // A longer delay, or a negative one, shows that the capture time is of another clock, or that the wall clock was set.
    private static TimeSpan ArrivalOf(PacketInfo packet, DateTimeOffset now, TimeSpan steady) =>
        now - CapturedAt(packet, now) is var delay && delay > TimeSpan.Zero && delay <= MaximumDelay ? steady - delay : steady;

    // Without video every batch is treated as a GOP.
    private bool IsBeginning(PacketBatch batch, int index) =>
        _videoTrack < 0 ? index == 0 : batch[index].Key && batch[index].Track == _videoTrack;

    private void AddSlice(PacketBatch batch, int from, int to)
    {
        if (from < to && _gops.Last is { } last)
        {
            var slice = from == 0 && to == batch.Count ? batch.AddRef() : PacketBatches.Slice(batch, from, to);
            last.Value.Content.Add(slice);
            last.Value.Bytes += slice.Bytes;
            Bytes += slice.Bytes;
        }
    }

    // The oldest GOP stays while the next one alone would be too short.
    private void Prune(TimeSpan steady)
    {
        while (_gops.First is { } oldest && (Bytes > maximumBytes || oldest.Next?.Value.Begins <= steady - MaximumTime))
            Drop(1);
    }

    private void Drop(int count)
    {
        for (; count > 0; count--)
        {
            var gop = _gops.First!.Value;
            _gops.RemoveFirst();
            Bytes -= gop.Bytes;
            foreach (var content in gop.Content)
            {
                (content as PacketBatch)?.Release();
                if (content is SourceMessage message)
                {
                    _messages--;
                    ApplyToTracks(message);
                }
            }
        }
    }

    private void ApplyToTracks(SourceMessage message)
    {
        if (message is TrackMuted muted)
            _ = muted.Muted ? _muted.Add(muted.Track) : _muted.Remove(muted.Track);
        else if (message is TracksChanged changed)
            Opened = new SourceOpened(changed.Tracks);
    }

    private sealed class Gop(DateTimeOffset capturedAt, bool isStated, TimeSpan begins, KeyPicture? keyFrame)
    {
        public KeyPicture? KeyFrame { get; } = keyFrame;

        public DateTimeOffset CapturedAt { get; } = capturedAt;

        public bool IsStated => isStated;

        public TimeSpan Begins { get; } = begins;

        public TimeSpan Ends { get; set; } = begins;

        public long Bytes { get; set; }

        public List<object> Content { get; } = [];
    }
}
