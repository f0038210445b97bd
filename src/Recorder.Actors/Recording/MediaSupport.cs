using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>Which MIME types a recorder can record.</summary>
public static class MediaSupport
{
    /// <summary>The MIME types, most faithful first, that a source with these tracks can be recorded to.</summary>
    public static IReadOnlyList<string> RecordableTypes(IReadOnlyList<TrackDescription> tracks) => CodecTable.RecordableTypes(tracks);

    /// <summary>Why a MIME type cannot be recorded, as one sentence; null when it can.</summary>
    public static string? Explain(string mimeType) => CodecTable.Explain(mimeType);
}
