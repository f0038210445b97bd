using Recorder.Actors.Capture;

namespace Recorder.Testing;

/// <summary>One track of a <see cref="ScriptedSource"/>: its codec, frame rate and key frame interval.</summary>
public sealed class ScriptedTrack
{
    private ScriptedTrack(TrackKind kind, ScriptedMedia media, long packetDuration, int keyFrameEvery, int id = -1) =>
        (Kind, Media, PacketDuration, KeyFrameEvery, Id) = (kind, media, packetDuration, keyFrameEvery, id);

    /// <summary>Video or audio.</summary>
    public TrackKind Kind { get; }

    /// <summary>The track's number within its source, from 0; -1 before the track is added to a source.</summary>
    public int Id { get; private set; }

    /// <summary>The codec's FFmpeg name.</summary>
    public string Codec => Media.Parameters.Codec;

    /// <summary>The duration of one packet.</summary>
    public TimeSpan Packet => Media.TimeBase.ToTimeSpan(PacketDuration);

    /// <summary>Packets from one key frame to the next; 1 for audio.</summary>
    public int KeyFrameEvery { get; }

    internal ScriptedMedia Media { get; }
    internal long PacketDuration { get; }

    internal SourceTrack Described => new(Id, Media.Parameters, Media.TimeBase, new TrackDescription
    {
        Id = Id,
        Kind = Kind,
        Codec = Codec,
        MimeCodec = Media.Parameters.MimeCodec,
        Width = Media.Parameters.Width,
        Height = Media.Parameters.Height,
        FrameRate = Kind == TrackKind.Video ? Media.TimeBase.Den / (double)PacketDuration : 0,
        SampleRate = Media.Parameters.SampleRate,
        Channels = Media.Parameters.Channels,
    });

    /// <summary>Creates a video track.</summary>
    /// <param name="codec">The codec's FFmpeg name: h264, vp8, vp9, av1 or rawvideo.</param>
    /// <param name="frameRate">Frames per second.</param>
    /// <param name="keyFrameEvery">Number of frames from one key frame to the next.</param>
    /// <param name="width">Width in pixels, an even number.</param>
    /// <param name="height">Height in pixels, an even number.</param>
    public static ScriptedTrack Video(
        string codec = "h264", int frameRate = 25, int keyFrameEvery = 25, int width = 64, int height = 48)
    {
        var media = ScriptedMedia.Video(codec, width, height);
        var packetDuration = new Rational(1, frameRate).Rescale(1, media.TimeBase);
        return new ScriptedTrack(TrackKind.Video, media, packetDuration, keyFrameEvery);
    }

    /// <summary>Creates an audio track that plays a tone.</summary>
    /// <param name="codec">The codec's FFmpeg name: aac, opus or pcm_s16le.</param>
    public static ScriptedTrack Audio(string codec = "aac")
    {
        var media = ScriptedMedia.Audio(codec);
        return new ScriptedTrack(TrackKind.Audio, media, media.Duration, 1);
    }

    internal ScriptedTrack Join(int id)
    {
        if (Id >= 0)
            throw new InvalidOperationException("The track already belongs to a source; create another track for this source.");

        Id = id;
        return this;
    }

    internal ScriptedTrack With(ScriptedMedia media) => new(Kind, media, PacketDuration, KeyFrameEvery, Id);
}
