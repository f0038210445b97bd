namespace Recorder.FFmpeg;

/// <summary>Reads packets from a source. Used by one thread at a time, except <see cref="Cancel"/>.</summary>
public sealed unsafe class Demuxer : IDisposable
{
    private readonly InputContext _input;
    private readonly StreamTable _streams;
    private readonly IPacketReader _packets;

    private Demuxer(InputContext input)
    {
        _input = input;
        _streams = new StreamTable(input);
        _packets = input.IsMultipart ? new MultipartReader(input, _streams) : new PacketReader(input, _streams);
    }

    /// <summary>The streams known now; a new list each time <see cref="StreamsVersion"/> rises.</summary>
    public IReadOnlyList<StreamInfo> Streams => _streams.All;

    /// <summary>Rises when streams appear or a stream's parameters change.</summary>
    public int StreamsVersion => _streams.Version;

    /// <summary>The demuxer's name.</summary>
    public string FormatName => _input.FormatName;

    /// <summary>The source's duration, if the source knows it.</summary>
    public TimeSpan? Duration => _input.Context->duration is > 0 and var duration ? Rational.Microseconds.ToTimeSpan(duration) : null;

    /// <summary>The wall clock time of timestamp zero in microseconds since 1970, if the source states it.</summary>
    public long? StartTimeRealtimeUs => _input.Context->start_time_realtime is > 0 and var time ? time : null;

    /// <summary>
    /// Whether a source without a stated duration announced its end, as an HLS playlist does, rather than breaking off.
    /// Meaningful after
    /// <see cref="ReadResult.EndOfStream"/>.
    /// </summary>
    public bool HasEnded => _input.Hls is { HasFailed: false };

    /// <summary>Whether <see cref="SeekToStart"/> can work.</summary>
    public bool IsSeekable
    {
        get
        {
            var context = _input.Context;
            return (context->ctx_flags & ffmpeg.AVFMTCTX_UNSEEKABLE) == 0
                && context->pb != null && (context->pb->seekable & ffmpeg.AVIO_SEEKABLE_NORMAL) != 0;
        }
    }

    /// <summary>
    /// Called on the reading thread while a read or an open blocks, ten times a second or more. It must be fast; an exception
    /// ends the read.
    /// </summary>
    public Action? OnWaiting
    {
        get => _input.Interrupt.OnWaiting;
        set => _input.Interrupt.OnWaiting = value;
    }

    /// <summary>
    /// The time since the source sent anything, including bytes of its protocol that are not media. Any thread may ask;
    /// meaningful while a read waits for a network.
    /// </summary>
    public TimeSpan SilentFor => _input.Interrupt.SilentFor;

    /// <summary>Opens a source; blocks until it is open, opening fails, or the deadline passes.</summary>
    /// <exception cref="FFmpegException">The source could not be opened.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
    public static Demuxer Open(DemuxerOptions options, CancellationToken cancellationToken = default)
    {
        FFmpegLibrary.Ensure();
        var demuxer = new Demuxer(InputContext.Open(options, cancellationToken));
        try
        {
            using var registration = demuxer._input.CancelWith(cancellationToken);
            demuxer._packets.Open();
            demuxer._input.Interrupt.Arm(Timeout.InfiniteTimeSpan);
            return demuxer;
        }
        catch
        {
            demuxer.Dispose();
            throw;
        }
    }

    /// <summary>Reads one packet into <paramref name="into"/>; blocks at most the read deadline.</summary>
    /// <exception cref="FFmpegException">Reading failed, the deadline passed, or <see cref="Cancel"/> was called.</exception>
    public ReadResult Read(PacketBatch into) => _packets.Read(into);

    /// <summary>Makes a blocked or later read fail at once. Any thread may call this.</summary>
    public void Cancel() => _input.Interrupt.Cancel();

    /// <summary>Goes back to the first packet.</summary>
    /// <exception cref="FFmpegException">The source cannot go back.</exception>
    public void SeekToStart()
    {
        var context = _input.Context;
        var deadline = _input.Options.ReadDeadline;
        _input.Interrupt.Arm(deadline);
        var start = context->start_time == PacketInfo.NoTimestamp ? 0 : context->start_time;
        var done = ffmpeg.av_seek_frame(context, -1, start, ffmpeg.AVSEEK_FLAG_BACKWARD);
        if (done < 0)
            done = ffmpeg.av_seek_frame(context, -1, start, ffmpeg.AVSEEK_FLAG_BACKWARD | ffmpeg.AVSEEK_FLAG_ANY);
        if (done < 0)
            throw _input.Failure(done, deadline, "going back to its start");
        _packets.Restart();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packets.Close();
        _streams.Dispose();
        _input.Dispose();
    }
}
