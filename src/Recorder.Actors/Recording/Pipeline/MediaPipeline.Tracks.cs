using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

// What becomes of the tracks while they are recorded: others, more, fewer.
internal sealed partial class MediaPipeline
{
    /// <summary>
    /// The media has other tracks from here on. With the same parameters, or parameter sets that stand in the stream itself, a track goes on;
    /// else a new extent begins with a key frame, as it does for a track that appeared. One that is no longer sent is left out of the next.
    /// </summary>
    /// <returns>What of it cannot be recorded here.</returns>
    /// <exception cref="FFmpegException">A codec cannot be opened.</exception>
    public TrackChange UpdateTracks(IReadOnlyList<SourceTrack> tracks)
    {
        var leftOut = new List<string>();
        foreach (var source in tracks.Where(track => track.Description.Kind is TrackKind.Video or TrackKind.Audio))
        {
            if (_tracks.Of(source.Id) is null)
            {
                if (Appear(source) is { } reason)
                {
                    leftOut.Add(reason);
                }
            }
            else if (!Change(source))
            {
                return new TrackChange(source, leftOut);
            }
        }

        return new TrackChange(null, leftOut);
    }

    /// <summary>The parameters of a track changed. Before the recording has begun it begins with them; after that a new extent does.</summary>
    /// <returns>False when the track cannot go on in this recording.</returns>
    public bool Change(SourceTrack source)
    {
        if (_tracks.Of(source.Id) is not { } track || ReferenceEquals(source.Parameters, track.Source.Parameters))
        {
            return true;
        }

        if (source.Description.Codec != track.Source.Description.Codec || source.TimeBase != track.Timeline.TimeBase)
        {
            return false;
        }

        var continues = track.Source.Parameters.Continues(source.Parameters);
        track.Become(source);
        if (track.IsEncoded)
        {
            // Its decoder takes what stands in the stream.
            return true;
        }

        if (_output is null)
        {
            if (!continues)
            {
                _start.Forget(track);
            }
        }
        else if (continues)
        {
            _output.UpdateParameters(track);
        }
        else if (_isOneFile)
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

    // Null when it is recorded from here on; else why it is not.
    private string? Appear(SourceTrack source)
    {
        if (_output is not null && _isOneFile)
        {
            return $"Track {source.Id} ({source.Parameters}) came after the file had begun, which has no place for it: record into a folder.";
        }

        var (planned, refusal) = _plan.Decide(source);
        if (planned is null)
        {
            return refusal;
        }

        var timeline = _tracks.Reference.Timeline;
        var track = Add(planned);
        if (_output is not null)
        {
            track.Timeline.Join(timeline);
            _output.Include(track);
        }

        return null;
    }

    private RecordedTrack Add(PlannedTrack planned)
    {
        var track = new RecordedTrack(planned, _tracks.Count, _options, Bitrates, _codecs) { NeedsKeyFrame = planned.Kind == TrackKind.Video };
        _tracks.Add(track);
        return track;
    }
}

/// <summary>What of the tracks that the media has now cannot be recorded with those before.</summary>
/// <param name="Stopper">The track that cannot go on, and the recording with it; null when all can.</param>
/// <param name="LeftOut">Why tracks that appeared are not recorded, a sentence each.</param>
internal readonly record struct TrackChange(SourceTrack? Stopper, IReadOnlyList<string> LeftOut);
