using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Testing;

/// <summary>One track of a <see cref="ScriptedSource"/>: what it carries and how often.</summary>
public sealed class ScriptedTrack
{
    private ScriptedTrack(TrackKind kind, ScriptedMedia media, long packetDuration, int keyFrameEvery, int? id)
    {
        (Kind, Media, PacketDuration, KeyFrameEvery, Id) = (kind, media, packetDuration, keyFrameEvery, id ?? -1);
    }

    /// <summary>Video or audio.</summary>
    public TrackKind Kind { get; }

    /// <summary>Its number within the source, from 0; -1 until it belongs to one.</summary>
    public int Id { get; private set; }

    /// <summary>The codec's FFmpeg name.</summary>
    public string Codec => Media.Parameters.Codec;

    /// <summary>Media time that one packet lasts.</summary>
    public TimeSpan Packet => Media.TimeBase.ToTimeSpan(PacketDuration);

    /// <summary>Packets from one key frame to the next; 1 for audio.</summary>
    public int KeyFrameEvery { get; }

    internal ScriptedMedia Media { get; }

    internal long PacketDuration { get; }

    /// <summary>The track as recorders see it.</summary>
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

    /// <summary>A video track.</summary>
    /// <param name="codec">FFmpeg's name: h264, vp8, vp9, av1, or rawvideo.</param>
    /// <param name="frameRate">Frames a second.</param>
    /// <param name="keyFrameEvery">Frames from one key frame to the next.</param>
    /// <param name="width">Pixels, even.</param>
    /// <param name="height">Pixels, even.</param>
    public static ScriptedTrack Video(string codec = "h264", int frameRate = 25, int keyFrameEvery = 25, int width = 64, int height = 48)
    {
        var media = ScriptedMedia.Video(codec, width, height);
        return new ScriptedTrack(TrackKind.Video, media, new Rational(1, frameRate).Rescale(1, media.TimeBase), keyFrameEvery, null);
    }

    /// <summary>An audio track: a tone.</summary>
    /// <param name="codec">FFmpeg's name: aac, opus, or pcm_s16le.</param>
    public static ScriptedTrack Audio(string codec = "aac")
    {
        var media = ScriptedMedia.Audio(codec);
        return new ScriptedTrack(TrackKind.Audio, media, media.Duration, 1, null);
    }

    internal ScriptedTrack Join(int id)
    {
        if (Id >= 0)
        {
            throw new InvalidOperationException("A scripted track belongs to one source; make another for the second.");
        }

        Id = id;
        return this;
    }

    /// <summary>The same track with other media.</summary>
    internal ScriptedTrack With(ScriptedMedia media) => new(Kind, media, PacketDuration, KeyFrameEvery, Id);
}
