using Recorder.Actors.Catalogue;
using Recorder.Contracts;

namespace Recorder.Actors.Fleet;

/// <summary>What a recorder was before, as the catalogue knows it: numbers go on where they ended.</summary>
internal sealed class RecorderPastFinder(SqlCatalogue catalogue, string folder) : IRecorderPast
{
    public async Task<RecorderPast> FindAsync(RecorderDefinition definition, CancellationToken ending)
    {
        var last = await catalogue.LastSequenceAsync(definition.Id, ending).ConfigureAwait(false);
        var owned = Path.Combine(folder, definition.Id.Value);
        var recordings = Directory.Exists(owned) ? Directory.EnumerateDirectories(owned).LongCount() : 0;
        return new RecorderPast(new RecorderHistory(last, recordings), []);
    }
}
