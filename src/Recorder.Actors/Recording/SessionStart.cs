using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Holds the first packets back until the recording can begin well: at a key frame, with the first packet of every track at hand, so
/// that the container's header knows where each begins. Gives up waiting for a silent track by media time.
/// </summary>
internal sealed class SessionStart(IReadOnlyList<RecordedTrack> tracks, RecordedTrack reference, MediaContainer container) : IDisposable
{
    private static readonly TimeSpan WaitForOtherTracks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitForKeyFrame = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepBeforeKeyFrame = TimeSpan.FromSeconds(2);

    // A first timestamp below zero, by no more than this, is an encoder's priming and not an offset.
    private static readonly TimeSpan LongestPriming = TimeSpan.FromMilliseconds(500);

    private readonly List<PacketBatch> _held = [];
    private readonly Dictionary<int, (long First, long Last)> _seen = [];

    /// <summary>Whether a packet is held that a recording can begin with.</summary>
    public bool HasKeyFrame => _seen.Count > 0;

    /// <summary>Keeps a reference to the batch; true when the recording can begin.</summary>
    public bool Hold(PacketBatch batch)
    {
        _held.Add(batch.AddRef());
        for (var index = 0; index < batch.Count; index++)
        {
            Note(batch[index]);
        }

        if (_seen.ContainsKey(reference.SourceId))
        {
            return _seen.Count == tracks.Count || Longest() >= WaitForOtherTracks;
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

    /// <summary>Whether a packet belongs to the recording although it may begin before its zero.</summary>
    public bool Includes(RecordedTrack track, PacketInfo packet)
    {
        var pts = track.Timeline.Map(packet.Pts);
        if (pts >= 0 || track == reference)
        {
            return true;
        }

        // MP4 trims what comes before zero by its edit list; elsewhere only what a decoder must swallow first may stand there.
        return pts + packet.Duration >= 0 && (container == MediaContainer.Mp4 || packet.Pts < 0);
    }

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
        if (track is null || packet.Pts == PacketInfo.NoTimestamp || (track.IsVideo && !packet.Key && !_seen.ContainsKey(packet.Track)))
        {
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

    private (long Time, Rational Unit) Anchor()
    {
        var first = _seen.ContainsKey(reference.SourceId) ? reference : tracks.First(track => _seen.ContainsKey(track.SourceId));
        var (time, unit) = (_seen[first.SourceId].First, TimeBaseOf(first.SourceId));
        return !first.IsVideo && time < 0 && unit.ToTimeSpan(-time) < LongestPriming ? (0, unit) : (time, unit);
    }

    private Rational TimeBaseOf(int sourceTrack) => tracks.First(track => track.SourceId == sourceTrack).Timeline.TimeBase;
}
