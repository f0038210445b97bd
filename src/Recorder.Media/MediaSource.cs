using Microsoft.Win32.SafeHandles;

namespace Recorder.Media;

/// <summary>A recorded file: on this node's disk, or on another's.</summary>
internal interface IMediaSource
{
    /// <summary>Opens it: what is read from it later is there even when retention removes it.</summary>
    /// <exception cref="IOException">It is gone, or its node does not answer.</exception>
    IMediaFile Open();
}

/// <summary>A recorded file that any part can be read of. One reader at a time.</summary>
internal interface IMediaFile : IDisposable
{
    /// <summary>Reads; blocks its thread.</summary>
    /// <returns>How many bytes; 0 behind the end.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    int Read(Span<byte> into, long offset);

    /// <summary>Reads.</summary>
    /// <returns>How many bytes; 0 behind the end.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    ValueTask<int> ReadAsync(Memory<byte> into, long offset, CancellationToken cancellationToken);
}

/// <summary>A file of this machine.</summary>
/// <param name="Path">It.</param>
internal sealed record LocalMedia(string Path) : IMediaSource
{
    public IMediaFile Open() => new LocalFile(File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    private sealed class LocalFile(SafeFileHandle file) : IMediaFile
    {
        public int Read(Span<byte> into, long offset) => RandomAccess.Read(file, into, offset);

        public ValueTask<int> ReadAsync(Memory<byte> into, long offset, CancellationToken cancellationToken) => RandomAccess.ReadAsync(file, into, offset, cancellationToken);

        public void Dispose() => file.Dispose();
    }
}
