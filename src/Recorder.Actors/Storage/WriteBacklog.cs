namespace Recorder.Actors.Storage;

/// <summary>
/// Bytes of one recording that were handed to the writer and are not yet on disk. The recorder adds, the volume's thread takes off:
/// a counter instead of a message per write.
/// </summary>
internal sealed class WriteBacklog
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
