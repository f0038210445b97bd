using System.Diagnostics;
using System.Runtime.InteropServices;

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
public sealed unsafe partial class Demuxer : IDisposable
{
    private readonly InterruptState _interrupt;
    private readonly DemuxerOptions _options;
    private readonly string _name;
    private AVFormatContext* _context;
    private StreamTracker[] _trackers = [];

    private readonly FeedReader? _feed;
    private readonly Queue<PacketBatch> _ahead = new();
    private readonly MediaLimitCheck _limits;
    private readonly PictureOrder? _order;
    private readonly SegmentSeams? _seams;

    private Demuxer(
        DemuxerOptions options, InterruptState interrupt, AVFormatContext* context, string name, FeedReader? feed, MediaLimitCheck limits,
        SegmentSeams seams)
    {
        _feed = feed;
        _limits = limits;
        _options = options;
        _interrupt = interrupt;
        _context = context;
        _name = name;
        FormatName = Marshal.PtrToStringUTF8((nint)context->iformat->name) ?? "";
        _order = PictureOrder.For(context, FormatName);
        _seams = FormatName == "hls" ? seams : null;
    }

    /// <summary>The net under a demuxer that nobody disposed.</summary>
    ~Demuxer() => Close();

    /// <summary>The streams known now; a new list each time <see cref="StreamsVersion"/> rises.</summary>
    public IReadOnlyList<StreamInfo> Streams { get; private set; } = [];

    /// <summary>Rises when streams appear or a stream's parameters change.</summary>
    public int StreamsVersion { get; private set; }

    /// <summary>The demuxer's name.</summary>
    public string FormatName { get; }

    /// <summary>Length, when the source knows it.</summary>
    public TimeSpan? Duration => Context->duration > 0 ? Rational.Microseconds.ToTimeSpan(Context->duration) : null;

    /// <summary>Wall clock of timestamp zero in microseconds since 1970, when the source states it.</summary>
    public long? StartTimeRealtimeUs =>
        Context->start_time_realtime is > 0 and var time ? time : null;

    /// <summary>Whether a source without a stated length that is at its end said so, as a playlist does: nothing follows, and nothing broke.</summary>
    public bool HasEnded => _seams is { HasFailed: false };

    /// <summary>Whether <see cref="SeekToStart"/> can work.</summary>
    public bool IsSeekable =>
        (Context->ctx_flags & ffmpeg.AVFMTCTX_UNSEEKABLE) == 0
        && Context->pb != null && (Context->pb->seekable & ffmpeg.AVIO_SEEKABLE_NORMAL) != 0;

    /// <summary>
    /// Called on the reading thread while a read or an open blocks, ten times a second or more. Must be cheap; an exception ends the read.
    /// </summary>
    public Action? OnWaiting
    {
        get => _interrupt.OnWaiting;
        set => _interrupt.OnWaiting = value;
    }

    /// <summary>
    /// For how long nothing has come from the source, no byte of whatever its protocol carries besides media. From any thread; meaningful
    /// while a read waits for a network.
    /// </summary>
    public TimeSpan SilentFor => _interrupt.SilentFor;

    private AVFormatContext* Context
    {
        get
        {
            ObjectDisposedException.ThrowIf(_context == null, this);
            return _context;
        }
    }

    /// <summary>Opens a source; blocks until it is open, fails, or the deadline passes.</summary>
    /// <exception cref="FFmpegException">It could not be opened.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
    public static Demuxer Open(DemuxerOptions options, CancellationToken cancellationToken = default)
    {
        FFmpegLibrary.Ensure();
        var name = options.Name ?? Credentials.Mask(options.Url);
        AVInputFormat* format = null;
        if (options.Format is not null)
        {
            format = FFmpegLibrary.FindDemuxer(options.Format);
            if (format == null)
                throw new FFmpegException(ffmpeg.AVERROR_DEMUXER_NOT_FOUND, $"{name}: FFmpeg has no demuxer {options.Format}.");
        }
        var interrupt = new InterruptState();
        var limits = new MediaLimitCheck(name, options.Limits);
        using var complaints = new NativeComplaints();
        var context = ffmpeg.avformat_alloc_context();
        FeedReader? feed = null;
        var seams = new SegmentSeams();
        NativeLog.Listen(seams);
        try
        {
            NativeError.NotNull(context);
            if (options.Feed is not null)
            {
                feed = new FeedReader(options.Feed, interrupt);
                context->pb = feed.Context;
                context->flags |= ffmpeg.AVFMT_FLAG_CUSTOM_IO;
            }
            context->interrupt_callback = interrupt.Callback;
            using var cancelling = cancellationToken.UnsafeRegister(static state => ((InterruptState)state!).Cancel(), interrupt);
            interrupt.Arm(options.OpenDeadline);
            if (options.StaysAtUrl)
                interrupt.KeepAt(context, options.Url);
            OpenInput(options, &context, format, interrupt, name, limits, complaints);
            limits.Check(context);
            // Pictures of a web server are looked at below.
            if (options.FindStreamInfo && !IsMultipart(context))
            {
                var found = limits.FindStreamInfo(context);
                if (found < 0 || interrupt.TimedOut || interrupt.Cancelled)
                    throw Failure(found, name, interrupt, options.OpenDeadline, "reading its streams");
                limits.Check(context);
                limits.CheckDecoded(context, complaints);
            }
        }
        catch
        {
            interrupt.Forget();
            ffmpeg.avformat_close_input(&context);
            feed?.Dispose();
            interrupt.Dispose();
            throw;
        }
        finally
        {
            NativeLog.Listen(null);
        }
        // From here on the demuxer owns both.
        var demuxer = new Demuxer(options, interrupt, context, name, feed, limits, seams);
        try
        {
            using var cancelling = cancellationToken.UnsafeRegister(static state => ((InterruptState)state!).Cancel(), interrupt);
            if (demuxer.FormatName == MultipartFormat)
            {
                demuxer.OpenPictures();
            }
            else
            {
                demuxer.RefreshAndLookAhead();
                demuxer.AwaitStreams();
            }
            interrupt.Arm(Timeout.InfiniteTimeSpan);
            return demuxer;
        }
        catch
        {
            demuxer.Dispose();
            throw;
        }
    }

    /// <summary>Makes a blocked or later read fail at once. From any thread.</summary>
    public void Cancel() => _interrupt.Cancel();

    /// <summary>Goes back to the first packet.</summary>
    /// <exception cref="FFmpegException">The source cannot.</exception>
    public void SeekToStart()
    {
        var context = Context;
        _interrupt.Arm(_options.ReadDeadline);
        ResetEdits();
        var start = context->start_time == PacketInfo.NoTimestamp ? 0 : context->start_time;
        var done = ffmpeg.av_seek_frame(context, -1, start, ffmpeg.AVSEEK_FLAG_BACKWARD);
        if (done < 0)
            done = ffmpeg.av_seek_frame(context, -1, start, ffmpeg.AVSEEK_FLAG_BACKWARD | ffmpeg.AVSEEK_FLAG_ANY);
        if (done < 0)
            throw Failure(done, _name, _interrupt, _options.ReadDeadline, "going back to its start");
        _order?.Restart();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not for the finalizer: what it holds has finalizers of its own.
        CloseEdits();
        Close();
        GC.SuppressFinalize(this);
    }

    private static void OpenInput(
        DemuxerOptions options, AVFormatContext** context, AVInputFormat* format, InterruptState interrupt, string name, MediaLimitCheck limits,
        NativeComplaints complaints)
    {
        using var native = new NativeOptions(options.Options);
        limits.Apply(native);
        if (options.ProtocolWhitelist is not null)
            native.Set("protocol_whitelist", options.ProtocolWhitelist);
        if (options.FormatWhitelist is not null)
            native.Set("format_whitelist", options.FormatWhitelist);
        if (options.LiveLowLatencyProbe)
        {
            if (!options.Options.ContainsKey("fpsprobesize"))
                native.Set("fpsprobesize", "0");
            if (!options.Options.ContainsKey("analyzeduration"))
                native.Set("analyzeduration", "500000");
        }
        var dictionary = native.Pointer;
        var opened = ffmpeg.avformat_open_input(context, options.Url, format, &dictionary);
        native.Pointer = dictionary;
        if (interrupt.StrayedTo is { } elsewhere)
            throw new FFmpegException(ffmpeg.AVERROR_EXIT, $"{name}: the server sends to {Credentials.Mask(elsewhere)}.") { RedirectedTo = elsewhere };
        if (opened < 0 && complaints.HasTooManyStreams)
            throw limits.TooMany();
        if (opened < 0 || interrupt.TimedOut || interrupt.Cancelled)
            throw Failure(opened, name, interrupt, options.OpenDeadline, "opening");
        NativeLog.UnusedOptions(name, native.Keys());
    }

    private static FFmpegException Failure(int code, string name, InterruptState interrupt, TimeSpan deadline, string doing) =>
        interrupt.Cancelled ? new FFmpegException(ffmpeg.AVERROR_EXIT, $"{name}: {doing} was cancelled.") { IsCancelled = true }
        : interrupt.TimedOut ? new FFmpegException(ffmpeg.AVERROR_EXIT, $"{name}: {doing} took longer than {deadline.TotalSeconds:0.###} s.") { IsTimeout = true }
        : NativeError.Failure(code, name);

    /// <summary>The wall clock that the sender stated for this packet (RTCP, or the PRFT box).</summary>
    private static long CaptureTime(AVPacket* packet)
    {
        if (packet->side_data_elems == 0)
            return 0;
        ulong size;
        var data = (AVProducerReferenceTime*)ffmpeg.av_packet_get_side_data(packet, AVPacketSideDataType.AV_PKT_DATA_PRFT, &size);
        return data == null || size < (ulong)sizeof(AVProducerReferenceTime) ? 0 : data->wallclock;
    }

    // What has grown beyond the limits while it was open ends here; its packet was not taken.
    private void Refresh(AVPacket* packet)
    {
        try
        {
            _limits.Check(_context);
            Refresh();
        }
        catch
        {
            ffmpeg.av_packet_unref(packet);
            throw;
        }
    }

    private void Refresh()
    {
        var context = _context;
        var trackers = new StreamTracker[context->nb_streams];
        var streams = new StreamInfo[trackers.Length];
        for (var i = 0; i < trackers.Length; i++)
        {
            trackers[i] = i < _trackers.Length ? _trackers[i] : new StreamTracker(_options.Limits.Pixels);
            streams[i] = trackers[i].Describe(context->streams[i]);
            if (_edits?.ParametersOf(i) is { } edited)
                streams[i] = streams[i] with { Parameters = edited };
        }
        _limits.Check(streams);
        _trackers = trackers;
        Streams = streams;
        StreamsVersion++;
    }

    private void Close()
    {
        if (_context == null)
            return;
        while (_ahead.TryDequeue(out var batch))
            batch.Release();
        foreach (var tracker in _trackers)
            tracker.Dispose();
        // Closing says goodbye to the server (RTSP TEARDOWN): not for long.
        _interrupt.Arm(TimeSpan.FromSeconds(1));
        _interrupt.OnWaiting = null;
        _interrupt.Forget();
        var context = _context;
        _context = null;
        ffmpeg.avformat_close_input(&context);
        _order?.Dispose();
        _feed?.Dispose();
        _interrupt.Dispose();
    }
}
