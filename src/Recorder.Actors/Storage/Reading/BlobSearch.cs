using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

internal static class BlobSearch
{
    /// <summary>All blobs after the found one must fulfil the condition, too. Returns the number of blobs for none.</summary>
    public static int FirstWhere(IReadOnlyList<Blob> blobs, Predicate<Blob> condition)
    {
        var (low, high) = (0, blobs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = condition(blobs[middle]) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    public static Range Between(IReadOnlyList<Blob> blobs, TimeSpan begin, TimeSpan end)
    {
        var start = FirstWhere(blobs, blob => blob.MediaTime + blob.Duration > begin || blob.MediaTime >= begin);
        return start..Math.Max(start, FirstWhere(blobs, blob => blob.MediaTime >= end));
    }
}
