namespace Recorder.Actors.Storage;

/// <summary>The memory, in whole segments, of one recording's media that are not on disk yet. The recorder adds to it and the
/// volume's thread subtracts, instead of one message per write.</summary>
internal sealed class WriteBacklog
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
