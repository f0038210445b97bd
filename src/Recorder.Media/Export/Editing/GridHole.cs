namespace Recorder.Media.Export.Editing;

/// <summary>Places on a grid of frames for which the source has no frame.</summary>
/// <param name="Place">The first of them; the file's first frame is at place 0.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct GridHole(long Place, long Length)
{
    public long End => Place + Length;
}
