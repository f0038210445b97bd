using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

internal sealed class CatalogueComparison(
    SqlCatalogue catalogue, RecordingKey key, RecordingReader reader, IReadOnlyList<GapRecorded> gaps, IReadOnlyList<Marked> marks,
    CancellationToken cancellationToken)
{
    /// <summary>Reads the gaps and marks of the catalogue, which <see cref="RemoveLostBlobsAsync"/> would remove.</summary>
    public static async Task<CatalogueComparison> CreateAsync(
        SqlCatalogue catalogue, RecordingKey key, RecordingReader reader, CancellationToken cancellationToken)
    {
        var gaps = await catalogue.ListGapsAsync(key, null, null, cancellationToken).ConfigureAwait(false);
        var marks = await catalogue.ListMarksAsync(key, cancellationToken).ConfigureAwait(false);
        return new CatalogueComparison(catalogue, key, reader, gaps, marks, cancellationToken);
    }

    public bool IsPublished(RecordedLine line) => FindPublished(line) is not null;

    // A power cut loses blobs that were announced and not durable, while the catalogue may have been durable. The numbers of
    // these blobs are used again.
    /// <returns>The number of the last blob that both have; 0 for none.</returns>
    public async Task<long> RemoveLostBlobsAsync()
    {
        var extents = await catalogue.ListExtentsAsync(key, null, null, cancellationToken).ConfigureAwait(false);
        for (var i = extents.Count - 1; i >= 0; i--)
        {
            if (FindLastBlob(extents[i]) is not { } last)
                continue;

            if (i < extents.Count - 1 || last.Number != extents[i].LastBlob)
                await RemoveAfterAsync(last).ConfigureAwait(false);

            return last.Number;
        }

        if (extents.Count > 0)
            await RemoveAfterAsync(null).ConfigureAwait(false);

        return 0;
    }

    // Published gaps and marks stay in the catalogue when their index lines exist, although the blobs around them are lost.
    private async Task RemoveAfterAsync(Blob? last)
    {
        var lines = await Task.Run(() => reader.ReadAfter(last?.Number ?? 0), cancellationToken).ConfigureAwait(false);
        var kept = CatalogueChanges.WithoutSequences(lines.Select(FindPublished).OfType<IEvent>());
        await catalogue.Updates.TruncateAsync(key, last, kept, cancellationToken).ConfigureAwait(false);
    }

    private Blob? FindLastBlob(Extent extent)
    {
        for (var number = extent.LastBlob; number >= extent.FirstBlob; number--)
        {
            if (reader.FindBlob(number) is { } blob && blob.Extent == extent.Number)
                return blob;
        }

        return null;
    }

    private IEvent? FindPublished(RecordedLine line) => line switch
    {
        { Gap: { } gap } => gaps.FirstOrDefault(
            published => published.Cause == gap.Cause && IsSame(published.MediaTime, gap.MediaTime)
                && IsSame(published.Duration, gap.Duration) && IsSame(published.From - gap.From, TimeSpan.Zero)),
        { Mark: { } mark } => marks.FirstOrDefault(
            published => published.Label == mark.Label && IsSame(published.MediaTime, mark.MediaTime)),
        _ => null,
    };

    // The index file rounds times to microseconds.
    private static bool IsSame(TimeSpan left, TimeSpan right) => (left - right).Duration() < TimeSpan.FromMilliseconds(1);
}
