using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;

namespace Recorder.Actors.Tests.Storage;

/// <summary>Reads the complete lines of an index file.</summary>
internal static class IndexFile
{
    public static IReadOnlyList<IndexLine> Read(string path)
    {
        var lines = new List<IndexLine>();
        var position = 0L;
        IndexLines.Read(path, ref position, (line, _) =>
        {
            lines.Add(line!);
            return true;
        });
        return lines;
    }
}
