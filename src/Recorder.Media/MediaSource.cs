using Microsoft.Win32.SafeHandles;

namespace Recorder.Media;

/// <summary>A recorded file, on this node's disk or on another node.</summary>
internal interface IMediaSource
{
    /// <summary>Opens the file. It stays readable when retention removes it meanwhile.</summary>
    /// <exception cref="IOException">The file is gone, or its node does not answer.</exception>
    IMediaFile Open();
}

/// <summary>An open recorded file, for one reader at a time.</summary>
internal interface IMediaFile : IDisposable
{
    /// <summary>Reads from an offset; blocks its thread.</summary>
    /// <returns>Number of bytes; 0 at or behind the end.</returns>
    int Read(Span<byte> into, long offset);

    /// <inheritdoc cref="Read"/>
    ValueTask<int> ReadAsync(Memory<byte> into, long offset, CancellationToken cancellationToken);
}

internal sealed record LocalMedia(string Path) : IMediaSource
{
    /// <summary>Opens a file that its recorder may still write and that retention may remove.</summary>
    public static SafeFileHandle OpenHandle(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public IMediaFile Open() => new LocalFile(OpenHandle(Path));

    private sealed class LocalFile(SafeFileHandle file) : IMediaFile
    {
        public int Read(Span<byte> into, long offset) => RandomAccess.Read(file, into, offset);

        public ValueTask<int> ReadAsync(Memory<byte> into, long offset, CancellationToken cancellationToken) =>
            RandomAccess.ReadAsync(file, into, offset, cancellationToken);

        public void Dispose() => file.Dispose();
    }
}
