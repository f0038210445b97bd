namespace Recorder.FFmpeg;

/// <summary>Supplies a demuxer with bytes that the caller produces or receives.</summary>
public interface IMediaFeed
{
    /// <summary>Reads the next bytes and waits at most <paramref name="wait"/>. Called on the demuxer's thread.</summary>
    /// <returns>The number of bytes; 0 if none came in time; below 0 if no more will come.</returns>
    int Read(Span<byte> into, TimeSpan wait);
}
