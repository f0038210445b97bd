namespace Recorder.Actors.Storage;

/// <summary>
/// Memory that one recording holds for what was handed to the writer and is not yet on disk: whole segments, in bytes. The recorder
/// adds, the volume's thread takes off: a counter instead of a message per write.
/// </summary>
internal sealed class WriteBacklog
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
