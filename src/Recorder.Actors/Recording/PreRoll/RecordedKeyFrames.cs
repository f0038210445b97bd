using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>The last recorded key frames, identified by their bytes. Another node that continues the recording finds its place by them.</summary>
internal sealed class RecordedKeyFrames
{
    // Covers a hand-over of a camera that sends a key frame per second, and two seconds of one that sends only key frames.
    private const int Capacity = 64;

    private readonly Queue<KeyPicture> _keyFrames = new();

    public IReadOnlyList<KeyPicture> All => [.. _keyFrames];

    public void Add(TimeSpan time, ReadOnlySpan<byte> data)
    {
        _keyFrames.Enqueue(Of(time, data));
        if (_keyFrames.Count > Capacity)
            _keyFrames.Dequeue();
    }

    public void Clear() => _keyFrames.Clear();

    public static KeyPicture Of(TimeSpan time, ReadOnlySpan<byte> data) => new(time, data.Length, Crc32C.Append(Crc32C.Empty, data));
}
