using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Media;
using Recorder.Media.Codecs;

namespace Recorder.Node.Media;

/// <summary>A recording for playback, read from its folder because the catalogue may lag behind it.</summary>
internal abstract record PlayedRecording(RecordingKey Key, RecordingDescription Description)
{
    /// <summary>What this node has of it; null for nothing.</summary>
    public abstract LocalRecording? Here { get; }

    public bool IsUnderWay => Description.StopReason is null;

    public MediaContainer Container => MediaMimeType.TryParse(Description.MimeType, out var type) ? type.Container : MediaContainer.Mp4;
}

/// <summary>A recording of which this node has the last part, or all.</summary>
internal sealed record LocalRecording(RecordingKey Key, string Folder, RecordingReader Reader) : PlayedRecording(Key, Reader.Description)
{
    public override LocalRecording? Here => this;
}

/// <summary>A recording of which another node has the last part, or all, as that node told it.</summary>
/// <param name="Node">That node.</param>
/// <param name="Local">What this node has of it, from before the recorder moved.</param>
internal sealed record PeerRecording(
    RecordingKey Key, RecordingDescription Description, string Node, IReadOnlyList<Blob> Blobs, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps, LocalRecording? Local)
    : PlayedRecording(Key, Description)
{
    public override LocalRecording? Here => Local;

    /// <summary>The files of that node.</summary>
    public IReadOnlyList<Extent> Extents => field ??= [.. ExtentContent.Of(Blobs).Select(extent => MediaLibrary.RowOf(extent, Node))];
}

/// <param name="Node">The node that has it; null for this one.</param>
internal readonly record struct ToldBlob(string? Node, Blob Blob);

/// <summary>The blobs that are known of a recording, and its gaps.</summary>
internal sealed record ToldRecording(IReadOnlyList<ToldBlob> Blobs, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps);
