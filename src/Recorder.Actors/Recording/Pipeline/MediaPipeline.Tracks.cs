using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

// How tracks appear, change, end and lose their signal while they are recorded.
internal sealed partial class MediaPipeline
{
    /// <summary>
    /// Replaces the tracks of the source. A track whose parameters are the same, or are repeated in the stream itself, continues in the extent.
    /// A track that appeared, or has other parameters, begins a new extent at a key frame. A track that is no longer sent is left out of the
    /// next extent.
    /// </summary>
    /// <returns>The tracks that cannot be recorded here.</returns>
    /// <exception cref="FFmpegException">A codec cannot be opened.</exception>
    public TrackChange UpdateTracks(IReadOnlyList<SourceTrack> tracks)
    {
        var leftOut = new List<string>();
        foreach (var source in tracks.Where(track => track.Description.Kind is TrackKind.Video or TrackKind.Audio))
        {
            if (_tracks.Find(source.Id) is null)
            {
                if (AddAppearedTrack(source) is { } reason)
                    leftOut.Add(reason);
            }
            else if (!ChangeTrack(source))
            {
                return new TrackChange(source, leftOut);
            }
        }

        return new TrackChange(null, leftOut);
    }

    /// <summary>
    /// Changes the parameters of a track. A recording that has not begun begins with the new parameters; else a new extent does.
    /// </summary>
    /// <returns>False when the track cannot continue in this recording.</returns>
    public bool ChangeTrack(SourceTrack source)
    {
        if (_tracks.Find(source.Id) is not { } track || ReferenceEquals(source.Parameters, track.Source.Parameters))
            return true;

        if (source.Description.Codec != track.Source.Description.Codec || source.TimeBase != track.Timeline.TimeBase)
            return false;

        var continues = track.Source.Parameters.Continues(source.Parameters);
        track.ReplaceSource(source);
        if (track.IsEncoded)
        {
            // The decoder follows the parameter sets in the stream.
            return true;
        }

        if (_output is null)
        {
            if (!continues)
                _start.RemoveTrack(track);
        }
        else if (continues)
        {
            _output.UpdateParameters(track);
        }
        else if (_isSingleFile)
        {
            return false;
        }
        else
        {
            track.NeedsKeyFrame = track.IsVideo;
            _output.Include(track);
        }

        return true;
    }

    /// <summary>Completes a track that the source ended; the other tracks continue.</summary>
    public void EndTrack(int sourceTrack)
    {
        if (_tracks.Find(sourceTrack) is { IsComplete: false } track)
        {
            // No more packets of this track will arrive.
            if (_output is null && _start.Has(track))
                Begin();

            Drain(track);
            track.IsComplete = true;
            _selection.EndTrack(track);
            _output?.Complete(track);
        }
    }

    public void Mute(int sourceTrack, bool muted)
    {
        if (_tracks.Find(sourceTrack) is { } track && track.IsMuted != muted)
            _selection.Mute(track, muted);
    }

    // Returns null when the track is recorded from here on, else the reason why it is not.
    private string? AddAppearedTrack(SourceTrack source)
    {
        if (_output is not null && _isSingleFile)
        {
            return $"Track {source.Id} ({source.Parameters}) appeared after the file had begun, and a track cannot be added to the file: " +
                "record into a folder.";
        }

        var (planned, refusal) = _plan.Decide(source);
        if (planned is null)
            return refusal;

        var timeline = _tracks.Reference.Timeline;
        var track = AddTrack(planned);
        if (_output is not null)
        {
            track.Timeline.AlignWith(timeline);
            _output.Include(track);
        }

        return null;
    }

    private RecordedTrack AddTrack(PlannedTrack planned)
    {
        var track = new RecordedTrack(planned, _tracks.Count, _options, Bitrates, _codecs) { NeedsKeyFrame = planned.Kind == TrackKind.Video };
        _tracks.Add(track);
        return track;
    }
}

/// <summary>The tracks that cannot be recorded after the tracks of the source changed.</summary>
/// <param name="Unrecordable">The changed track that ends the recording because it cannot continue; null when every track can.</param>
/// <param name="LeftOut">Why tracks that appeared are not recorded, one sentence each.</param>
internal readonly record struct TrackChange(SourceTrack? Unrecordable, IReadOnlyList<string> LeftOut);
