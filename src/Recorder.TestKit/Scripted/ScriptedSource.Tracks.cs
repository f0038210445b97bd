using Recorder.Actors.Capture;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <content>The tracks: muted, added, removed, ended and changed.</content>
public sealed partial class ScriptedSource
{
    /// <summary>Mutes a track: it has no signal, or was disabled, but its packets are still delivered.</summary>
    public void Mute(ScriptedTrack track) => Tell(new TrackMuted(Find(track).Track.Id, Muted: true));

    /// <summary>Ends <see cref="Mute"/>. The track continues with a key frame.</summary>
    public void Unmute(ScriptedTrack track)
    {
        RequestKeyFrame();
        Tell(new TrackMuted(Find(track).Track.Id, Muted: false));
    }

    /// <summary>Adds a track as <c>MediaStream.addTrack</c> does. A recording in progress fails because of it.</summary>
    public void Add(ScriptedTrack track)
    {
        Join(track);
        TellChanged(new TrackAdded(track.Described));
    }

    /// <summary>Adds a track within the media, as a camera does whose microphone is switched on.</summary>
    public void Appear(ScriptedTrack track)
    {
        Join(track);
        TellChanged(new TracksChanged(Describe(_players), $"Track {track.Id} ({track.Described.Parameters}) began to be sent."));
    }

    /// <summary>Removes a track within the media, as a camera does whose microphone is switched off.</summary>
    public void Vanish(ScriptedTrack track)
    {
        _players.Remove(Find(track));
        TellChanged(new TracksChanged(Describe(_players), $"Track {track.Id} ({track.Described.Parameters}) is no longer sent."));
    }

    /// <summary>Removes a track as <c>MediaStream.removeTrack</c> does. A recording in progress fails because of it.</summary>
    public void Remove(ScriptedTrack track)
    {
        _players.Remove(Find(track));
        TellChanged(new TrackRemoved(track.Id));
    }

    /// <summary>Ends a track. The other tracks continue; the source ends with its last track.</summary>
    public void EndTrack(ScriptedTrack track)
    {
        _players.Remove(Find(track));
        TellChanged(new TrackEnded(track.Id));
        if (_players.Count == 0)
            End();
    }

    /// <summary>Changes the size of a video track's frames. The next packet has the new size.</summary>
    /// <param name="track">A video track.</param>
    /// <param name="width">The new width in pixels, an even number.</param>
    /// <param name="height">The new height in pixels, an even number.</param>
    /// <returns>The changed track; use it in place of the old one.</returns>
    public ScriptedTrack Resize(ScriptedTrack track, int width, int height) =>
        Change(track, ScriptedMedia.Video(track.Codec, width, height));

    /// <summary>Changes a track's codec. The next packet has the new codec.</summary>
    /// <param name="track">The track.</param>
    /// <param name="codec">The new codec's FFmpeg name.</param>
    /// <returns>The changed track; use it in place of the old one.</returns>
    public ScriptedTrack Recode(ScriptedTrack track, string codec) =>
        Change(track, track.Kind == TrackKind.Video ? ScriptedMedia.Video(codec) : ScriptedMedia.Audio(codec));

    private static IReadOnlyList<SourceTrack> Describe(IEnumerable<TrackPlayer> players) =>
        [.. players.Select(player => player.Track.Described)];

    private void Join(ScriptedTrack track)
    {
        var player = new TrackPlayer(track.Join(_players.Count == 0 ? 0 : _players.Max(other => other.Track.Id) + 1));
        player.SkipTo(_world.Clock.Elapsed);
        _players.Add(player);
    }

    private ScriptedTrack Change(ScriptedTrack track, ScriptedMedia media)
    {
        var player = Find(track);
        player.Track = track.With(media);
        player.NeedsKey = true;
        TellChanged(new TrackChanged(player.Track.Described));
        return player.Track;
    }

    private TrackPlayer Find(ScriptedTrack track) =>
        _players.Find(player => player.Track == track)
        ?? throw new InvalidOperationException($"The source '{Name}' does not have this track, or no longer has it.");

    private void TellChanged(SourceMessage message)
    {
        Describe();
        Tell(message);
    }
}
