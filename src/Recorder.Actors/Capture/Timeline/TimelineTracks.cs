using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>The tracks of a timeline and the offsets they share, so that sound and video keep their distance.</summary>
internal sealed class TimelineTracks
{
    private readonly Dictionary<int, TimelineTrack> _tracks = [];

    public Dictionary<int, TimelineTrack>.ValueCollection All => _tracks.Values;
    public SharedOffset Current { get; private set; } = new(0);
    public SharedOffset? Previous { get; private set; }

    public TimeSpan? Position =>
        _tracks.Values.Where(track => track.IsStarted).Select(track => (TimeSpan?)new TimeSpan(track.LastOutTicks)).Max();

    public long? End => _tracks.Values.Where(track => track.IsStarted).Select(track => (long?)track.EndTicks).Max();
    public TimelineTrack this[int id] => _tracks[id];

    public TimelineTrack GetOrAdd(int id, Rational outgoing)
    {
        if (!_tracks.TryGetValue(id, out var track))
            _tracks[id] = track = new TimelineTrack(id, outgoing);

        return track;
    }

    public void StartOffset(long ticks) => (Previous, Current) = (Current, new SharedOffset(ticks));

    public void StartOffset(long ticks, TimelineTrack track)
    {
        StartOffset(ticks);
        track.Use(Current);
    }

    public void Restart()
    {
        foreach (var track in _tracks.Values)
            track.Restart();
    }

    /// <summary>Starts again at a track's second packet, because its first one could not be decoded, or its sender had not
    /// settled. Otherwise everything that follows would be squeezed behind the first packet. All tracks continue together, later
    /// by the same time.</summary>
    public void RestartAtSecondPacket(TimelineTrack track, long decode)
    {
        var old = track.Offset;
        StartOffset(track.NextTicks - track.ToTicks(decode) - track.CorrectionTicks);
        foreach (var each in _tracks.Values)
        {
            if (each == track || (each.Offset == old && !each.IsFresh))
            {
                each.Use(Current);
                each.RelearnLateness();
            }
        }
    }

    public bool IsAnotherPunctual(TimelineTrack track)
    {
        foreach (var other in _tracks.Values)
        {
            if (other != track && other.IsPunctual)
                return true;
        }

        return false;
    }
}
