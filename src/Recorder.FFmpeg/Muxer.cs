namespace Recorder.FFmpeg;

/// <summary>Writes packets into a container that grows: fragmented MP4, WebM or Matroska. One thread at a time.</summary>
public sealed class Muxer : IDisposable
{
    /// <summary>Opens the container.</summary>
    /// <exception cref="FFmpegException">The container cannot hold a track's codec.</exception>
    public Muxer(MuxerOptions options) => throw new NotImplementedException();

    /// <summary>Takes the bytes.</summary>
    public MuxerOutput Output => throw new NotImplementedException();

    /// <summary>Whether the header is in <see cref="Output"/>.</summary>
    public bool HeaderWritten => throw new NotImplementedException();

    /// <summary>The time base the container counts a track in.</summary>
    public Rational TrackTimeBase(int track) => throw new NotImplementedException();

    /// <summary>Writes one packet; times count the track's <see cref="MuxerTrack.TimeBase"/>. The media is not copied.</summary>
    public void Write(PacketBatch batch, int index, int track, long pts, long dts, long duration) => throw new NotImplementedException();

    /// <summary>
    /// Puts the header into <see cref="Output"/>: call it after the first packet of every track was written, or when waiting for one
    /// was given up. Does nothing when it is out already.
    /// </summary>
    public void WriteHeaderNow() => throw new NotImplementedException();

    /// <summary>Closes the current fragment or cluster: everything written so far is in <see cref="Output"/> and plays.</summary>
    public void Flush() => throw new NotImplementedException();

    /// <summary>Writes what ends the file. Nothing can be written after it.</summary>
    public void Finish() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
