using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Collects the first packets until the recording can begin: at a key frame and with the first packet of every track, so that the container's
/// header states where each track begins. Stops waiting for a silent track after a fixed media time.
/// </summary>
internal sealed class PipelineStart(RecordedTracks tracks) : IDisposable
{
    private static readonly TimeSpan WaitForOtherTracks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitForKeyFrame = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepBeforeKeyFrame = TimeSpan.FromSeconds(5);

    private readonly List<PacketBatch> _batches = [];
    // The first and the last presentation time of every track that can begin, by its id in the source.
    private readonly Dictionary<int, (long First, long Last)> _times = [];
    private bool _hasSkippedFrames;

    public bool HasKeyFrame => _times.Count > 0;

    /// <summary>When the first packet of the recording was captured; null where the source does not state it.</summary>
    public DateTimeOffset? CapturedAt
    {
        get
        {
            var track = FirstTrack();
            foreach (var batch in _batches)
            {
                for (var index = 0; index < batch.Count; index++)
                {
                    if (batch[index] is { CaptureTimeUs: > 0 } packet && packet.Track == track.SourceId &&
                        packet.Pts == _times[track.SourceId].First)
                    {
                        return DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs);
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Whether a packet of the track has arrived with which a recording can begin.</summary>
    public bool Has(RecordedTrack track) => _times.ContainsKey(track.SourceId);

    /// <returns>Whether the recording can begin.</returns>
    public bool Add(PacketBatch batch)
    {
        _batches.Add(batch.AddRef());
        for (var index = 0; index < batch.Count; index++)
            NotePacket(batch[index]);

        if (Has(tracks.Reference) || (tracks.Reference.IsComplete && HasKeyFrame))
            return tracks.All(track => track.IsComplete || Has(track)) || Longest() >= WaitForOtherTracks;

        Prune();
        return Longest() >= WaitForKeyFrame;
    }

    public void WriteAll(Action<PacketBatch, int> write)
    {
        var (anchor, unit) = Anchor();
        foreach (var track in tracks)
            track.Timeline.Anchor(anchor, unit);

        foreach (var batch in _batches)
        {
            for (var index = 0; index < batch.Count; index++)
                write(batch, index);
        }

        Dispose();
    }

    public void Clear()
    {
        Dispose();
        _times.Clear();
        _hasSkippedFrames = false;
    }

    /// <summary>Drops the packets of one track, whose parameters differ from those that the container's header will have.</summary>
    public void RemoveTrack(RecordedTrack track)
    {
        for (var i = 0; i < _batches.Count; i++)
        {
            var others = PacketBatch.Rent();
            for (var index = 0; index < _batches[i].Count; index++)
            {
                if (_batches[i][index].Track != track.SourceId)
                    others.Append(_batches[i], index);
            }

            _batches[i].Release();
            _batches[i] = others;
        }

        _hasSkippedFrames |= _times.Remove(track.SourceId) && track.IsVideo;
    }

    /// <summary>Whether a packet belongs to the recording; packets before its beginning do not.</summary>
    public bool Includes(RecordedTrack track, PacketInfo packet) => track == tracks.Reference || track.Timeline.Map(packet.Pts) >= 0;

    public void Dispose()
    {
        foreach (var batch in _batches)
            batch.Release();

        _batches.Clear();
    }

    private void NotePacket(PacketInfo packet)
    {
        if (tracks.Find(packet.Track) is not { } track || packet.Pts == PacketInfo.NoTimestamp)
            return;

        if (track.IsVideo && !packet.Key && !_times.ContainsKey(packet.Track))
        {
            // The stream was joined in the middle of a GOP: the audio of these frames is left out with them.
            _hasSkippedFrames = true;
            return;
        }

        _times[packet.Track] = _times.TryGetValue(packet.Track, out var times)
            ? (times.First, Math.Max(times.Last, packet.Pts))
            : (packet.Pts, packet.Pts);
    }

    private TimeSpan Longest() =>
        _times.Count == 0
            ? TimeSpan.Zero
            : _times.Max(track => TimeBaseOf(track.Key).ToTimeSpan(track.Value.Last - track.Value.First));

    // Audio long before the first key frame is not recorded.
    private void Prune()
    {
        while (_batches.Count > 1 && SpanOf(_batches[0]) > KeepBeforeKeyFrame)
        {
            _batches[0].Release();
            _batches.RemoveAt(0);
        }

        TimeSpan SpanOf(PacketBatch batch) =>
            batch.Count > 0 && _times.TryGetValue(batch[0].Track, out var times)
                ? TimeBaseOf(batch[0].Track).ToTimeSpan(times.Last - batch[0].Pts)
                : batch.Count == 0 ? TimeSpan.MaxValue : TimeSpan.Zero;
    }

    // The recording begins with the first frame, or with audio before it. Where the stream was joined in the middle of a GOP, audio before the
    // first key frame is left out together with its frames.
    private (long Time, Rational Unit) Anchor()
    {
        var first = FirstTrack();
        var (time, unit) = (_times[first.SourceId].First, first.Timeline.TimeBase);
        var zero = unit.ToTimeSpan(time);
        var earliest = _hasSkippedFrames
            ? null
            : tracks.Where(track => Has(track) && Lead(track) > TimeSpan.Zero).MaxBy(Lead);
        return earliest is null ? (time, unit) : (_times[earliest.SourceId].First, earliest.Timeline.TimeBase);

        TimeSpan Lead(RecordedTrack track) => zero - track.Timeline.TimeBase.ToTimeSpan(_times[track.SourceId].First);
    }

    private RecordedTrack FirstTrack() => Has(tracks.Reference) ? tracks.Reference : tracks.First(Has);

    private Rational TimeBaseOf(int sourceId) => tracks.Find(sourceId)!.Timeline.TimeBase;
}
