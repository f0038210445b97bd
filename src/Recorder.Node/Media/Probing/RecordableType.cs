using Recorder.Actors.Recording;

namespace Recorder.Node.Media;

/// <summary>A MIME type that a source can be recorded to.</summary>
/// <param name="MimeType">Container and codecs.</param>
/// <param name="How">copy, or encode if a track has to be encoded for it.</param>
internal sealed record RecordableType(string MimeType, string How)
{
    /// <summary>Lists the most exact type of each container, with and without encoding.</summary>
    public static IReadOnlyList<RecordableType> Of(IReadOnlyList<TrackDescription> tracks) =>
    [
        // The types are sorted from the most to the least exact.
        .. MediaSupport.RecordableTypes(tracks)
            .Select(type => new RecordableType(type, MediaSupport.IsCopy(type, tracks) ? "copy" : "encode"))
            .DistinctBy(type => (type.MimeType.Split(';')[0], type.How)),
    ];
}
