namespace Recorder.FFmpeg;

/// <summary>What <see cref="Demuxer.Read"/> did.</summary>
public enum ReadResult
{
    /// <summary>Never returned.</summary>
    Unknown = 0,

    /// <summary>One packet was appended.</summary>
    Appended,

    /// <summary>The source is at its end.</summary>
    EndOfStream,

    /// <summary>Nothing yet: read again.</summary>
    TryAgain,
}

/// <summary>Reads packets from a source. One thread at a time, except <see cref="Cancel"/>.</summary>
public sealed class Demuxer : IDisposable
{
    private Demuxer()
    {
    }

    /// <summary>The streams known now; a new list each time <see cref="StreamsVersion"/> rises.</summary>
    public IReadOnlyList<StreamInfo> Streams => throw new NotImplementedException();

    /// <summary>Rises when streams appear or a stream's parameters change.</summary>
    public int StreamsVersion => throw new NotImplementedException();

    /// <summary>The demuxer's name.</summary>
    public string FormatName => throw new NotImplementedException();

    /// <summary>Length, when the source knows it.</summary>
    public TimeSpan? Duration => throw new NotImplementedException();

    /// <summary>Wall clock of timestamp zero in microseconds since 1970, when the source states it.</summary>
    public long? StartTimeRealtimeUs => throw new NotImplementedException();

    /// <summary>Whether <see cref="SeekToStart"/> can work.</summary>
    public bool IsSeekable => throw new NotImplementedException();

    /// <summary>Called on the reading thread, a few times a second or more, while a read blocks. Must be cheap and must not throw.</summary>
    public Action? OnWaiting { get; set; }

    /// <summary>Opens a source; blocks until it is open, fails, or the deadline passes.</summary>
    /// <exception cref="FFmpegException">It could not be opened.</exception>
    public static Demuxer Open(DemuxerOptions options, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Reads one packet into <paramref name="into"/>; blocks at most the read deadline.</summary>
    /// <exception cref="FFmpegException">Reading failed, the deadline passed, or <see cref="Cancel"/> was called.</exception>
    public ReadResult Read(PacketBatch into) => throw new NotImplementedException();

    /// <summary>Makes a blocked or later read fail at once. From any thread.</summary>
    public void Cancel() => throw new NotImplementedException();

    /// <summary>Goes back to the first packet.</summary>
    public void SeekToStart() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
