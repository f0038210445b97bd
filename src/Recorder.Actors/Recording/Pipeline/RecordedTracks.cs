using System.Collections;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>The tracks of a recording, including those that appeared later, in the order of their numbers.</summary>
internal sealed class RecordedTracks : IReadOnlyList<RecordedTrack>, IDisposable
{
    private readonly List<RecordedTrack> _tracks = [];

    /// <summary>The track whose decode time is the media clock: the first video track, else the first track.</summary>
    public RecordedTrack Reference { get; private set; } = null!;

    public int Count => _tracks.Count;

    public RecordedTrack this[int number] => _tracks[number];

    /// <summary>The track of this id in the source; null when it is not recorded.</summary>
    public RecordedTrack? Find(int sourceId)
    {
        foreach (var track in _tracks)
        {
            if (track.SourceId == sourceId)
                return track;
        }

        return null;
    }

    public void Add(RecordedTrack track)
    {
        _tracks.Add(track);
        Reference = _tracks.Find(other => other.IsVideo) ?? _tracks[0];
    }

    /// <exception cref="FFmpegException">A codec did not close in time.</exception>
    public void CloseCodecs()
    {
        FFmpegException? failure = null;
        foreach (var track in _tracks)
        {
            try
            {
                track.CloseCodec();
            }
            catch (FFmpegException exception)
            {
                failure ??= exception;
            }
        }

        if (failure is not null)
            throw failure;
    }

    public IEnumerator<RecordedTrack> GetEnumerator() => _tracks.GetEnumerator();

    public void Dispose() => _tracks.ForEach(track => track.Dispose());

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
