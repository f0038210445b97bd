using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Holds the first packets back until the recording can begin well: at a key frame, with the first packet of every track at hand, so
/// that the container's header knows where each begins. Gives up waiting for a silent track by media time.
/// </summary>
internal sealed class PipelineStart(RecordedTracks tracks) : IDisposable
{
    private static readonly TimeSpan WaitForOtherTracks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitForKeyFrame = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepBeforeKeyFrame = TimeSpan.FromSeconds(5);

    private readonly List<PacketBatch> _held = [];
    private readonly Dictionary<int, (long First, long Last)> _seen = [];
    private bool _skipped;

    /// <summary>Whether a packet is held that a recording can begin with.</summary>
    public bool HasKeyFrame => _seen.Count > 0;

    /// <summary>When the packet was captured that a recording begins with; null where its source does not tell.</summary>
    public DateTimeOffset? CapturedAt
    {
        get
        {
            var track = _seen.ContainsKey(tracks.Reference.SourceId) ? tracks.Reference : tracks.First(track => _seen.ContainsKey(track.SourceId));
            foreach (var batch in _held)
            {
                for (var index = 0; index < batch.Count; index++)
                {
                    if (batch[index] is { CaptureTimeUs: > 0 } packet && packet.Track == track.SourceId &&
                        packet.Pts == _seen[track.SourceId].First)
                    {
                        return DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs);
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Whether a recording can begin that has this track in it.</summary>
    public bool Has(RecordedTrack track) => _seen.ContainsKey(track.SourceId);

    /// <summary>Keeps a tracks.Reference to the batch; true when the recording can begin.</summary>
    public bool Hold(PacketBatch batch)
    {
        _held.Add(batch.AddRef());
        for (var index = 0; index < batch.Count; index++)
        {
            Note(batch[index]);
        }

        if (_seen.ContainsKey(tracks.Reference.SourceId) || (tracks.Reference.IsComplete && HasKeyFrame))
        {
            return tracks.All(track => track.IsComplete || _seen.ContainsKey(track.SourceId)) || Longest() >= WaitForOtherTracks;
        }

        Prune();
        return Longest() >= WaitForKeyFrame;
    }

    /// <summary>Sets every track's zero and hands the packets out.</summary>
    public void Release(Action<PacketBatch, int> write)
    {
        var (anchor, unit) = Anchor();
        foreach (var track in tracks)
        {
            track.Timeline.Anchor(anchor, unit);
        }

        foreach (var batch in _held)
        {
            for (var index = 0; index < batch.Count; index++)
            {
                write(batch, index);
            }
        }

        Dispose();
    }

    /// <summary>Begins anew: nothing that came so far is to be recorded.</summary>
    public void Clear()
    {
        Dispose();
        _seen.Clear();
        _skipped = false;
    }

    /// <summary>Leaves out what is held of one track: it was made for other parameters than those that the container will be told.</summary>
    public void Forget(RecordedTrack track)
    {
        for (var place = 0; place < _held.Count; place++)
        {
            var others = PacketBatch.Rent();
            for (var index = 0; index < _held[place].Count; index++)
            {
                if (_held[place][index].Track != track.SourceId)
                {
                    others.Append(_held[place], index);
                }
            }

            _held[place].Release();
            _held[place] = others;
        }

        _skipped |= _seen.Remove(track.SourceId) && track.IsVideo;
    }

    /// <summary>Whether a packet belongs to the recording: what begins before its zero does not.</summary>
    public bool Includes(RecordedTrack track, PacketInfo packet) => track == tracks.Reference || track.Timeline.Map(packet.Pts) >= 0;

    public void Dispose()
    {
        foreach (var batch in _held)
        {
            batch.Release();
        }

        _held.Clear();
    }

    private void Note(PacketInfo packet)
    {
        var track = tracks.FirstOrDefault(track => track.SourceId == packet.Track);
        if (track is null || packet.Pts == PacketInfo.NoTimestamp)
        {
            return;
        }

        if (track.IsVideo && !packet.Key && !_seen.ContainsKey(packet.Track))
        {
            // Joined in the middle of a group: the sound that came with it has no picture.
            _skipped = true;
            return;
        }

        _seen[packet.Track] = _seen.TryGetValue(packet.Track, out var seen)
            ? (seen.First, Math.Max(seen.Last, packet.Pts))
            : (packet.Pts, packet.Pts);
    }

    private TimeSpan Longest() =>
        _seen.Count == 0
            ? TimeSpan.Zero
            : _seen.Max(seen => TimeBaseOf(seen.Key).ToTimeSpan(seen.Value.Last - seen.Value.First));

    // Until the key frame is there, sound far before it is of no use.
    private void Prune()
    {
        while (_held.Count > 1 && SpanOf(_held[0]) > KeepBeforeKeyFrame)
        {
            _held[0].Release();
            _held.RemoveAt(0);
        }

        TimeSpan SpanOf(PacketBatch batch) =>
            batch.Count > 0 && _seen.TryGetValue(batch[0].Track, out var seen)
                ? TimeBaseOf(batch[0].Track).ToTimeSpan(seen.Last - batch[0].Pts)
                : batch.Count == 0 ? TimeSpan.MaxValue : TimeSpan.Zero;
    }

    // The first picture, or the sound that leads it: nothing that can be decoded is left out, and what is first is at 0. Where a stream was
    // joined in the middle of a group, the sound before the first key frame has no picture and is left out with the pictures that it had.
    private (long Time, Rational Unit) Anchor()
    {
        var first = _seen.ContainsKey(tracks.Reference.SourceId) ? tracks.Reference : tracks.First(track => _seen.ContainsKey(track.SourceId));
        var (time, unit) = (_seen[first.SourceId].First, TimeBaseOf(first.SourceId));
        var zero = unit.ToTimeSpan(time);
        var leader = _skipped
            ? null
            : tracks.Where(track => _seen.ContainsKey(track.SourceId) && Lead(track) > TimeSpan.Zero).MaxBy(Lead);
        return leader is null ? (time, unit) : (_seen[leader.SourceId].First, leader.Timeline.TimeBase);

        TimeSpan Lead(RecordedTrack track) => zero - track.Timeline.TimeBase.ToTimeSpan(_seen[track.SourceId].First);
    }

    private Rational TimeBaseOf(int sourceTrack) => tracks.First(track => track.SourceId == sourceTrack).Timeline.TimeBase;
}
