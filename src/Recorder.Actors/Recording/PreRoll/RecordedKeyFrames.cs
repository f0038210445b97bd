using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>The last key frames that were recorded, by their bytes: what another node that takes the recorder over finds its place by.</summary>
internal sealed class RecordedKeyFrames
{
    // More than there are in a hand-over's time, of a camera that sends a key frame a second; of one that sends only key frames enough.
    private const int Most = 64;

    private readonly Queue<KeyPicture> _last = new();

    /// <summary>They, oldest first.</summary>
    public IReadOnlyList<KeyPicture> All => [.. _last];

    public void Add(TimeSpan time, ReadOnlySpan<byte> data)
    {
        _last.Enqueue(Of(time, data));
        if (_last.Count > Most)
        {
            _last.Dequeue();
        }
    }

    public void Clear() => _last.Clear();

    public static KeyPicture Of(TimeSpan time, ReadOnlySpan<byte> data) => new(time, data.Length, Crc32C.Append(Crc32C.Empty, data));
}
