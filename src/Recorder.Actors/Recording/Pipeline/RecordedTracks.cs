using System.Collections;

namespace Recorder.Actors.Recording;

/// <summary>The tracks of a recording under way, those that came later included, in the order of their numbers.</summary>
internal sealed class RecordedTracks : IReadOnlyList<RecordedTrack>, IDisposable
{
    private readonly List<RecordedTrack> _tracks = [];

    /// <summary>The track whose decode time is the media clock: the first video, else the first.</summary>
    public RecordedTrack Reference { get; private set; } = null!;

    public int Count => _tracks.Count;

    public RecordedTrack this[int number] => _tracks[number];

    /// <summary>The track that a source's track is recorded as; null when it is not recorded.</summary>
    public RecordedTrack? Of(int sourceTrack)
    {
        foreach (var track in _tracks)
        {
            if (track.SourceId == sourceTrack)
            {
                return track;
            }
        }

        return null;
    }

    public void Add(RecordedTrack track)
    {
        _tracks.Add(track);
        Reference = _tracks.Find(one => one.IsVideo) ?? _tracks[0];
    }

    public IEnumerator<RecordedTrack> GetEnumerator() => _tracks.GetEnumerator();

    public void Dispose() => _tracks.ForEach(track => track.Dispose());

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
