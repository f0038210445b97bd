using System.Text;
using Recorder.Actors.Storage.Reading;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>
/// A segment of an index as recovery finds it: its lines, those of them that are dropped, those that are added. It is written back as a
/// whole, and only if something of it changed.
/// </summary>
internal sealed class IndexTail
{
    private readonly string _path;
    private readonly List<(IndexLine Line, IndexPlace Place)> _lines = [];
    private readonly List<IndexPlace> _dropped = [];
    private readonly List<IndexLine> _added = [];
    private readonly byte[] _text;
    private readonly int _valid;

    public IndexTail(int firstExtent, string path)
    {
        (FirstExtent, _path) = (firstExtent, path);
        _text = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var position = 0L;
        IndexLines.Read(path, ref position, (line, place) =>
        {
            if (line is not null)
            {
                _lines.Add((line, place));
            }

            return line is not null;
        });
        _valid = (int)(_lines is [.., var last] ? last.Place.End : 0);
    }

    public int FirstExtent { get; }

    /// <summary>The lines of blobs that are kept, in order.</summary>
    public IEnumerable<IndexLine> Blobs => _lines.Where(line => line.Line.Seq is not null).Select(line => line.Line);

    public IEnumerable<IndexLine.FinaliseLine> Completed => _lines.Where(line => line.Line.Finalise is not null).Select(line => line.Line.Finalise!);

    public IEnumerable<IndexLine.GapLine> Gaps => _lines.Where(line => line.Line.Gap is not null).Select(line => line.Line.Gap!);

    public bool HasChanged => _valid < _text.Length || _dropped.Count > 0 || _added.Count > 0;

    /// <summary>The blob's line goes: its bytes are not there.</summary>
    public void Drop(IndexLine blob)
    {
        var place = _lines.FindLastIndex(line => ReferenceEquals(line.Line, blob));
        _dropped.Add(_lines[place].Place);
        _lines.RemoveAt(place);
    }

    public void Add(IndexLine line) => _added.Add(line);

    /// <summary>What was done, as a sentence; null when nothing was.</summary>
    public string? Explain()
    {
        var parts = new List<string>();
        if (_valid < _text.Length)
        {
            parts.Add($"{_text.Length - _valid} bytes that are no whole line were cut off");
        }

        if (_dropped.Count > 0)
        {
            parts.Add($"{_dropped.Count} lines whose bytes are not in the file were left out");
        }

        if (_added.Count > 0)
        {
            parts.Add($"{_added.Count} lines were added for fragments that no line spoke of");
        }

        return parts.Count == 0 ? null : $"{Path.GetFileName(_path)}: {string.Join(", ", parts)}.";
    }

    /// <summary>Writes the segment; what goes is kept beside it first.</summary>
    public void Save(IDisk disk)
    {
        var gone = new MemoryStream();
        foreach (var place in _dropped.OrderBy(place => place.Offset))
        {
            gone.Write(_text.AsSpan((int)place.Offset, place.Length));
        }

        gone.Write(_text.AsSpan(_valid));
        if (gone.Length > 0)
        {
            TornBytes.Append(_path, gone.ToArray());
        }

        var text = new MemoryStream(_text.Length);
        foreach (var (_, place) in _lines)
        {
            text.Write(_text.AsSpan((int)place.Offset, place.Length));
        }

        foreach (var line in _added)
        {
            text.Write(StorageJson.Line(line));
        }

        disk.Replace(_path, text.ToArray());
    }
}

/// <summary>
/// Recovery deletes nothing: what it cuts off a file stands beside it in <c>{file}.torn</c>, for whoever wants to look into it.
/// </summary>
internal static class TornBytes
{
    /// <summary>More than a recorder ever has between two fragments: a longer rest is not torn, it is left where it is.</summary>
    public const long MaxBytes = 64L << 20;

    public static string PathOf(string path) => path + ".torn";

    /// <summary>Adds text that was cut off, unless it is there already.</summary>
    public static void Append(string path, byte[] text)
    {
        var torn = PathOf(path);
        if (!File.Exists(torn) || !Encoding.Latin1.GetString(File.ReadAllBytes(torn)).Contains(Encoding.Latin1.GetString(text), StringComparison.Ordinal))
        {
            using var file = new FileStream(torn, FileMode.Append);
            file.Write(text);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Cuts a file; the rest is on the platter beside it before it goes.</summary>
    public static void Cut(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        using (var torn = new FileStream(PathOf(path), FileMode.Create))
        {
            file.Position = length;
            file.CopyTo(torn);
            torn.Flush(flushToDisk: true);
        }

        file.SetLength(length);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The whole file holds nothing that plays.</summary>
    public static void SetAside(string path) => File.Move(path, PathOf(path), overwrite: true);
}
