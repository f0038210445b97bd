namespace Recorder.Actors.Storage.Reading;

/// <summary>The place of a line in its file, in bytes.</summary>
/// <param name="Offset">The beginning of the line.</param>
/// <param name="Length">The length with its line feed.</param>
internal readonly record struct IndexPlace(long Offset, int Length)
{
    public long End => Offset + Length;
}
