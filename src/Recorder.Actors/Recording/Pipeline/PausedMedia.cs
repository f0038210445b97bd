using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// The pauses of a recording: media that arrives meanwhile is left out and is no loss. After a pause every track waits for the next key frame of
/// the reference track, and the time until then is cut out of every timeline.
/// </summary>
internal sealed class PausedMedia(RecordedTracks tracks)
{
    // A track that was further behind than this before a pause continues at the end of the recording.
    private static readonly TimeSpan MaximumLag = TimeSpan.FromSeconds(1);

    private bool _isResuming;

    public bool IsPaused { get; private set; }

    public void Pause() => (IsPaused, _isResuming) = (true, false);

    public void Resume(bool hasBegun) => (IsPaused, _isResuming) = (false, hasBegun);

    /// <summary>Decides whether a packet is left out because of a pause.</summary>
    public bool LeavesOut(RecordedTrack track, PacketInfo packet, TimeSpan position)
    {
        if (IsPaused || !_isResuming)
            return IsPaused;

        if ((track != tracks.Reference && !tracks.Reference.IsSilent) || track.IsSilent || (track.IsVideo && !packet.Key))
            return true;

        _isResuming = false;
        var end = track.Timeline.Expected == PacketInfo.NoTimestamp ? 0 : track.Timeline.Expected;
        if (position - track.Timeline.TimeBase.ToTimeSpan(end) > MaximumLag)
            end = track.Timeline.TimeBase.FromTimeSpan(position);

        var cut = track.Timeline.Map(packet.Dts) - end;
        foreach (var other in tracks)
        {
            other.Timeline.Cut(cut, track.Timeline.TimeBase);
            other.NeedsKeyFrame = other.IsVideo;
        }

        return false;
    }
}
