using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <param name="Encode">FFmpeg's name of the codec to encode to; null copies the stream.</param>
internal sealed record PlannedTrack(SourceTrack Source, string? Encode)
{
    public TrackKind Kind => Source.Description.Kind;
}

/// <summary>
/// How a recording is made: its container, and whether the stream of each track is copied or encoded. Decided from the requested MIME type
/// and the tracks of the source alone.
/// </summary>
internal sealed record TrackPlan(MediaContainer Container, IReadOnlyList<PlannedTrack> Tracks)
{
    /// <summary>The requested type; null for none, which copies the codecs that browsers play.</summary>
    public MediaMimeType? Type { get; private init; }

    /// <summary>The MIME type without codecs, known before any encoder is open.</summary>
    public string Essence =>
        new MediaMimeType(Tracks.Any(track => track.Kind == TrackKind.Video) ? TrackKind.Video : TrackKind.Audio, Container, [])
            .Essence;

    /// <summary>Decides how to record the tracks; an error says which track cannot be recorded and what to do.</summary>
    /// <param name="mimeType">The requested type; "" copies the source's codecs except for audio that browsers do not play.</param>
    public static (TrackPlan? Plan, MediaError? Error) For(string mimeType, IReadOnlyList<SourceTrack> tracks)
    {
        var recordable = tracks.Where(track => track.Description.Kind is TrackKind.Video or TrackKind.Audio).ToList();
        if (recordable.Count == 0)
            return Refuse("The source has neither a video nor an audio track that could be recorded.");

        MediaMimeType? type = null;
        if (mimeType.Length > 0 && !MediaMimeType.TryParse(mimeType, out type))
            return Refuse(MediaSupport.Explain(mimeType)!);

        var container = type?.Container ?? CodecTable.ContainerFor(recordable.Select(track => track.Description.Codec));
        var plan = new TrackPlan(container, []) { Type = type };
        var planned = new List<PlannedTrack>();
        foreach (var track in recordable)
        {
            var (decided, refusal) = plan.Decide(track);
            if (decided is null)
                return Refuse(refusal!);

            planned.Add(decided);
        }

        return (plan with { Tracks = planned }, null);
    }

    /// <summary>Decides how to record one track in this container; a refusal says why it cannot be recorded.</summary>
    public (PlannedTrack? Track, string? Refusal) Decide(SourceTrack track)
    {
        var (kind, codec) = (track.Description.Kind, track.Description.Codec);
        if (Type?.Kind == TrackKind.Audio && kind == TrackKind.Video)
            return (null, $"The source has a video track ({codec}), which {Type.Essence} cannot contain; use video/… or a source without video.");

        var requested = Type is null ? null : CodecTable.Requested(Type, kind);
        if (CodecTable.Holds(Container, codec) && (requested is null ? Type is not null || CodecTable.IsPlayed(codec) : requested == codec))
            return (new PlannedTrack(track, null), null);

        var target = requested ?? CodecTable.DefaultCodec(Container, kind);
        return CodecTable.CanEncode(target)
            ? (new PlannedTrack(track, target), null)
            : (null, $"Track {track.Id} is {codec}, and this node has no encoder for {target}; record a source that delivers {target}, " +
                "or choose another codec.");
    }

    private static (TrackPlan?, MediaError?) Refuse(string message) =>
        (null, new MediaError(ErrorName.NotSupportedError, message));
}
