using Recorder.Actors.Storage.Reading;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>A segment of an index file during recovery. A changed segment is written back as a whole.</summary>
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
                _lines.Add((line, place));

            return line is not null;
        });
        _valid = (int)(_lines is [.., var last] ? last.Place.End : 0);
    }

    public int FirstExtent { get; }
    public IEnumerable<IndexLine> Blobs => _lines.Where(line => line.Line.Seq is not null).Select(line => line.Line);
    public IEnumerable<IndexLine.FinaliseLine> Completed => _lines.Where(line => line.Line.Finalise is not null).Select(line => line.Line.Finalise!);
    public IEnumerable<IndexLine.GapLine> Gaps => _lines.Where(line => line.Line.Gap is not null).Select(line => line.Line.Gap!);
    public bool HasChanged => _valid < _text.Length || _dropped.Count > 0 || _added.Count > 0;

    public void Drop(IndexLine blob)
    {
        var place = _lines.FindLastIndex(line => ReferenceEquals(line.Line, blob));
        _dropped.Add(_lines[place].Place);
        _lines.RemoveAt(place);
    }

    public void Add(IndexLine line) => _added.Add(line);

    public string? Explain()
    {
        var parts = new List<string>();
        if (_valid < _text.Length)
            parts.Add($"{_text.Length - _valid} bytes of an incomplete line were cut off");

        if (_dropped.Count > 0)
            parts.Add($"{_dropped.Count} lines whose bytes are missing in the file were removed");

        if (_added.Count > 0)
            parts.Add($"{_added.Count} lines were added for fragments without a line");

        return parts.Count == 0 ? null : $"{Path.GetFileName(_path)}: {string.Join(", ", parts)}.";
    }

    public void Save(IDisk disk)
    {
        var dropped = new MemoryStream();
        foreach (var place in _dropped.OrderBy(place => place.Offset))
            dropped.Write(_text.AsSpan((int)place.Offset, place.Length));

        dropped.Write(_text.AsSpan(_valid));
        if (dropped.Length > 0)
            TornBytes.Append(_path, dropped.ToArray());

        var text = new MemoryStream(_text.Length);
        foreach (var (_, place) in _lines)
            text.Write(_text.AsSpan((int)place.Offset, place.Length));

        foreach (var line in _added)
            text.Write(StorageJson.Line(line));

        disk.Replace(_path, text.ToArray());
    }
}
