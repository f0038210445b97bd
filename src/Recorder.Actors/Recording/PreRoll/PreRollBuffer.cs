using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Recording;

/// <summary>
/// The past of a source that nobody records, in whole groups of pictures, by reference: as far back as it was asked for and no more than
/// so many bytes. What happened to the source meanwhile stands where it happened.
/// </summary>
/// <param name="maximumTime">How far back.</param>
/// <param name="maximumBytes">Of packets.</param>
/// <param name="identifies">Whether its key frames are to be found by their bytes.</param>
internal sealed class PreRollBuffer(TimeSpan maximumTime, long maximumBytes, bool identifies = false)
{
    // What happens to a source that sends no media is bounded, too.
    private const int MostMessages = 256;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly LinkedList<Group> _groups = new();
    private readonly HashSet<int> _muted = [];
    private int _leader;
    private int _messages;

    /// <summary>The tracks that it holds, as the source stated them; null while it holds none.</summary>
    public SourceOpened? Opened { get; private set; }

    /// <summary>Whether it holds a key frame that came whole: of the first, a source that was joined in its middle may have sent a part.</summary>
    public bool HasWholeGop => _groups.Count > 1;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>The source is open: what is held is what comes from here on.</summary>
    public void Open(SourceOpened opened)
    {
        Clear();
        Opened = opened;
        _leader = LeaderOf(opened.Tracks);
    }

    /// <summary>Keeps references to what matters of a batch.</summary>
    /// <param name="batch">It came just now.</param>
    /// <param name="now">The system clock, which is asked where nobody states when something was captured.</param>
    /// <param name="at">A clock that never jumps: how far back the past goes.</param>
    public void Add(PacketBatch batch, DateTimeOffset now, TimeSpan at)
    {
        var from = 0;
        for (var index = 0; index < batch.Count; index++)
        {
            if (IsBeginning(batch, index))
            {
                Keep(batch, from, index);
                var picture = identifies && _leader >= 0 ? RecordedKeyFrames.Of(TimeSpan.Zero, batch.Data(index)) : null;
                _groups.AddLast(new Group(CapturedAt(batch[index], now), At(batch[index], now, at), picture));
                from = index;
            }
        }

        Keep(batch, from, batch.Count);
        if (_groups.Last is { } last && batch.Count > 0)
        {
            last.Value.Ends = At(batch[batch.Count - 1], now, at);
        }

        Prune(at);
    }

    /// <summary>Something happened to the source.</summary>
    public void Add(SourceMessage message)
    {
        if (message is TracksChanged { Tracks: var tracks })
        {
            _leader = LeaderOf(tracks);
        }

        if (_groups.Last is not { } last)
        {
            Note(message);
        }
        else if (++_messages <= MostMessages)
        {
            last.Value.Content.Add(message);
        }
        else
        {
            // It flickers: nothing of its past could be told truly.
            Drop(_groups.Count);
        }
    }

    /// <summary>
    /// Hands over what is held from the key frame nearest to a moment on, and is empty then: the <see cref="SourceOpened"/> of its tracks, then
    /// batches and messages in order.
    /// </summary>
    /// <returns>Null when nothing is held that lasted until then. The receiver releases the batches.</returns>
    public IReadOnlyList<object>? TakeFrom(TimeSpan moment)
    {
        return TakeFrom(_groups.Where(group => group.Ends >= moment).MinBy(group => (group.Begins - moment).Duration()));
    }

    /// <summary>Hands over what is held from the last key frame before a moment on, as <see cref="TakeFrom(TimeSpan)"/> does.</summary>
    /// <returns>Null when nothing is held. Where it begins later than that, all of it.</returns>
    public IReadOnlyList<object>? TakeBefore(DateTimeOffset moment) =>
        TakeFrom(_groups.LastOrDefault(group => group.BeginsAt <= moment) ?? _groups.First?.Value);

    /// <summary>
    /// Hands over what is held from the last key frame on that is among some, as <see cref="TakeFrom(TimeSpan)"/> does. One that is there
    /// twice, of a picture that stands still, says nothing.
    /// </summary>
    /// <param name="pictures">Key frames, oldest first.</param>
    /// <returns>What is held and the key frame; null when none of them is.</returns>
    public (IReadOnlyList<object> Past, KeyPicture Seam)? TakeAt(IReadOnlyList<KeyPicture> pictures)
    {
        foreach (var picture in pictures.Reverse())
        {
            var groups = _groups.Where(group => IsSame(group.Picture, picture)).Take(2).ToList();
            if (groups is [var only] && pictures.Count(other => IsSame(other, picture)) == 1 && TakeFrom(only) is { } past)
            {
                return (past, picture);
            }
        }

        return null;
    }

    private static int LeaderOf(IReadOnlyList<SourceTrack> tracks) =>
        tracks.FirstOrDefault(track => track.Parameters.Kind == MediaKind.Video)?.Id ?? -1;

    private static bool IsSame(KeyPicture? one, KeyPicture other) => one?.Crc32C == other.Crc32C && one.Size == other.Size;

    private List<object>? TakeFrom(Group? nearest)
    {
        if (Opened is null || nearest is null)
        {
            Clear();
            return null;
        }

        while (_groups.First!.Value != nearest)
        {
            Drop(1);
        }

        List<object> past = [Opened, .. _muted.Select(track => new TrackMuted(track, Muted: true)), .. _groups.SelectMany(group => group.Content)];
        _groups.Clear();
        Clear();
        return past;
    }

    /// <summary>Lets everything go.</summary>
    public void Clear()
    {
        Drop(_groups.Count);
        _muted.Clear();
        Opened = null;
        Bytes = 0;
    }

    private static DateTimeOffset CapturedAt(PacketInfo packet, DateTimeOffset now) =>
        packet.CaptureTimeUs > 0 ? DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs) : now;

    // A packet waited in its batch, and for this recorder's turn: no longer than that. What says otherwise is another clock, or one that was set.
    private static TimeSpan At(PacketInfo packet, DateTimeOffset now, TimeSpan at) =>
        now - CapturedAt(packet, now) is var waited && waited > TimeSpan.Zero && waited <= LongestWait ? at - waited : at;

    // Without video every batch is a group.
    private bool IsBeginning(PacketBatch batch, int index) =>
        _leader < 0 ? index == 0 : batch[index].Key && batch[index].Track == _leader;

    private void Keep(PacketBatch batch, int from, int to)
    {
        if (from < to && _groups.Last is { } last)
        {
            var kept = from == 0 && to == batch.Count ? batch.AddRef() : PacketBatches.Slice(batch, from, to);
            last.Value.Content.Add(kept);
            last.Value.Bytes += kept.Bytes;
            Bytes += kept.Bytes;
        }
    }

    // The oldest stays as long as the next begins too late.
    private void Prune(TimeSpan now)
    {
        while (_groups.First is { } oldest && (Bytes > maximumBytes || oldest.Next?.Value.Begins <= now - maximumTime))
        {
            Drop(1);
        }
    }

    private void Drop(int count)
    {
        for (; count > 0; count--)
        {
            var group = _groups.First!.Value;
            _groups.RemoveFirst();
            Bytes -= group.Bytes;
            foreach (var content in group.Content)
            {
                (content as PacketBatch)?.Release();
                if (content is SourceMessage message)
                {
                    _messages--;
                    Note(message);
                }
            }
        }
    }

    private void Note(SourceMessage message)
    {
        if (message is TrackMuted muted)
        {
            _ = muted.Muted ? _muted.Add(muted.Track) : _muted.Remove(muted.Track);
        }
        else if (message is TracksChanged changed)
        {
            Opened = new SourceOpened(changed.Tracks);
        }
    }

    private sealed class Group(DateTimeOffset beginsAt, TimeSpan begins, KeyPicture? picture)
    {
        public KeyPicture? Picture { get; } = picture;

        public DateTimeOffset BeginsAt { get; } = beginsAt;

        public TimeSpan Begins { get; } = begins;

        public TimeSpan Ends { get; set; } = begins;

        public long Bytes { get; set; }

        public List<object> Content { get; } = [];
    }
}
