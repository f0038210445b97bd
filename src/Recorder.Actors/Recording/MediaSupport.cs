using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>Which MIME types a recorder can record (W3C: <c>MediaRecorder.isTypeSupported</c>).</summary>
public static class MediaSupport
{
    /// <summary>Whether a recorder can be made for this MIME type (W3C: <c>MediaRecorder.isTypeSupported</c>).</summary>
    internal static bool IsTypeSupported(string mimeType) => mimeType.Length == 0 || Explain(mimeType) is null;

    /// <summary>Why a MIME type cannot be recorded, as one sentence; null when it can.</summary>
    public static string? Explain(string mimeType)
    {
        if (!MediaMimeType.TryParse(mimeType, out var type))
        {
            return $"MIME type '{mimeType}' is not one of video/mp4, video/webm, video/x-matroska, audio/mp4, audio/webm, " +
                "audio/x-matroska, with an optional codecs=… list.";
        }

        var seen = new HashSet<TrackKind>();
        foreach (var name in type.Codecs)
        {
            if (CodecTable.FindByMimeName(name) is not { } codec)
            {
                return $"MIME type '{mimeType}' names the unknown codec '{name}'; known are " +
                    $"{string.Join(", ", CodecTable.Codecs.Where(known => known.Encoded).Select(known => known.MimeNames[0]))}.";
            }

            if (!codec.FitsInto(type.Container))
            {
                var others = CodecTable.Containers.Where(codec.FitsInto).Select(other => new MediaMimeType(type.Kind, other, []).Essence);
                return $"{codec.Name} does not fit into {type.Essence}; use {string.Join(" or ", others)}.";
            }

            if (type.Kind == TrackKind.Audio && codec.Kind == TrackKind.Video)
                return $"MIME type '{mimeType}' is for audio but names the video codec '{name}'; say video/… instead.";

            if (!seen.Add(codec.Kind))
                return $"MIME type '{mimeType}' names two {codec.Kind.ToString().ToLowerInvariant()} codecs; name one.";
        }

        return null;
    }

    /// <summary>The MIME types that a source with these tracks can be recorded to: stream copies before encodings.</summary>
    public static IReadOnlyList<string> RecordableTypes(IReadOnlyList<TrackDescription> tracks)
    {
        var wanted = tracks.Where(track => track.Kind is TrackKind.Video or TrackKind.Audio).ToList();
        if (wanted.Count == 0)
            return [];

        var essence = wanted.Any(track => track.Kind == TrackKind.Video) ? TrackKind.Video : TrackKind.Audio;
        var copies = CodecTable.Containers
            .Where(container => wanted.All(track => CodecTable.Holds(container, track.Codec)))
            .Select(container => new MediaMimeType(essence, container, [.. wanted.Select(NameOf).Distinct()]).ToString());
        var encodings = CodecTable.Containers
            .Select(container => new MediaMimeType(
                essence,
                container,
                [.. wanted.Select(track => CodecTable.Find(CodecTable.DefaultCodec(container, track.Kind))!.MimeNames[0]).Distinct()]).ToString());
        return [.. copies.Concat(encodings).Distinct()];

        static string NameOf(TrackDescription track) =>
            track.MimeCodec.Length > 0 ? track.MimeCodec : CodecTable.Find(track.Codec)!.MimeNames[0];
    }

    internal static bool IsCopy(string mimeType, IReadOnlyList<TrackDescription> tracks) =>
        MediaMimeType.TryParse(mimeType, out var type) &&
        tracks.Where(track => track.Kind is TrackKind.Video or TrackKind.Audio).All(track =>
            CodecTable.Holds(type.Container, track.Codec) && (CodecTable.Requested(type, track.Kind) is not { } wanted || wanted == track.Codec));
}
