using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>How one source track is recorded.</summary>
/// <param name="Source">The track.</param>
/// <param name="Encode">The codec to encode to, by FFmpeg's name; null copies the stream.</param>
internal sealed record PlannedTrack(SourceTrack Source, string? Encode)
{
    public TrackKind Kind => Source.Description.Kind;
}

/// <summary>
/// What a recording will be: container, and for each track whether its stream is copied or encoded. A pure decision from the MIME
/// type asked for and the tracks found.
/// </summary>
internal sealed record TrackPlan(MediaContainer Container, IReadOnlyList<PlannedTrack> Tracks)
{
    /// <summary>The type that was asked for; null for none, which keeps what browsers play.</summary>
    public MediaMimeType? Type { get; private init; }

    /// <summary>The type without codecs, known before any encoder is open.</summary>
    public string Essence =>
        new MediaMimeType(Tracks.Any(track => track.Kind == TrackKind.Video) ? TrackKind.Video : TrackKind.Audio, Container, [])
            .Essence;

    /// <summary>Decides; an error says which track cannot be recorded and what to do.</summary>
    /// <param name="mimeType">As asked for; "" keeps the source's codecs, but sound that browsers do not play.</param>
    /// <param name="tracks">All tracks of the source.</param>
    public static (TrackPlan? Plan, MediaError? Error) For(string mimeType, IReadOnlyList<SourceTrack> tracks)
    {
        var wanted = tracks.Where(track => track.Description.Kind is TrackKind.Video or TrackKind.Audio).ToList();
        if (wanted.Count == 0)
        {
            return Refuse("The source has neither a video nor an audio track that could be recorded.");
        }

        MediaMimeType? type = null;
        if (mimeType.Length > 0 && !MediaMimeType.TryParse(mimeType, out type))
        {
            return Refuse(CodecTable.Explain(mimeType)!);
        }

        var container = type?.Container ?? CodecTable.ContainerFor(wanted.Select(track => track.Description.Codec));
        var plan = new TrackPlan(container, []) { Type = type };
        var planned = new List<PlannedTrack>();
        foreach (var track in wanted)
        {
            var (one, refusal) = plan.Decide(track);
            if (one is null)
            {
                return Refuse(refusal!);
            }

            planned.Add(one);
        }

        return (plan with { Tracks = planned }, null);
    }

    /// <summary>How a track that comes while this is recorded is recorded with it; the sentence says why it cannot be.</summary>
    public (PlannedTrack? Track, string? Refusal) Decide(SourceTrack track)
    {
        var (kind, codec) = (track.Description.Kind, track.Description.Codec);
        if (Type?.Kind == TrackKind.Audio && kind == TrackKind.Video)
        {
            return (null, $"The source has a video track ({codec}), which {Type.Essence} cannot hold; use video/… or a source without video.");
        }

        var requested = Type is null ? null : CodecTable.Requested(Type, kind);
        if (CodecTable.Holds(Container, codec) && (requested is null ? Type is not null || CodecTable.IsPlayed(codec) : requested == codec))
        {
            return (new PlannedTrack(track, null), null);
        }

        var target = requested ?? CodecTable.DefaultCodec(Container, kind);
        return CodecTable.CanEncode(target)
            ? (new PlannedTrack(track, target), null)
            : (null, $"Track {track.Id} is {codec}, and there is no encoder here that makes {target} of it; record a source that delivers {target}, " +
                "or choose another codec.");
    }

    private static (TrackPlan?, MediaError?) Refuse(string message) =>
        (null, new MediaError(ErrorName.NotSupportedError, message));
}
