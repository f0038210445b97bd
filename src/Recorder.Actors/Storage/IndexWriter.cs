namespace Recorder.Actors.Storage;

internal sealed class IndexWriter(IDiskFile file)
{
    private long _length;

    public IDiskFile File => file;
    public int Lines { get; private set; }

    public void Append(IndexLine line)
    {
        var bytes = StorageJson.Line(line);
        try
        {
            file.Write(bytes, _length);
        }
        catch (IOException)
        {
            file.SetLength(_length);
            throw;
        }

        _length += bytes.Length;
        Lines++;
    }
}
