using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>A native demuxer with its deadline, its limits and the feed that it reads from.</summary>
internal sealed unsafe class InputContext : IDisposable
{
    private static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(1);

    private readonly HlsMonitor _hls = new();
    private AVFormatContext* _context = NativeError.NotNull(ffmpeg.avformat_alloc_context());
    private FeedReader? _feed;

    private InputContext(DemuxerOptions options, string name)
    {
        (Options, Name) = (options, name);
        Limits = new MediaLimitCheck(name, options.Limits);
    }

    ~InputContext() => Close();

    public DemuxerOptions Options { get; }

    public string Name { get; }

    public MediaLimitCheck Limits { get; }

    public InterruptState Interrupt { get; } = new();

    public string FormatName { get; private set; } = "";

    public HlsMonitor? Hls => FormatName == "hls" ? _hls : null;

    /// <summary>Whether the source is a series of JPEG images from a web server, which FFmpeg opens but does not read.</summary>
    public bool IsMultipart => FormatName == "mpjpeg";

    public bool IsInterrupted => Interrupt.Cancelled || Interrupt.TimedOut;

    public AVFormatContext* Context
    {
        get
        {
            ObjectDisposedException.ThrowIf(_context == null, typeof(Demuxer));
            return _context;
        }
    }

    public static InputContext Open(DemuxerOptions options, CancellationToken cancellationToken)
    {
        var name = options.Name ?? Credentials.Mask(options.Url);
        var format = FindFormat(options.Format, name);
        using var violations = new LimitViolations();
        var input = new InputContext(options, name);
        NativeLog.PassTo(input._hls);
        try
        {
            using var registration = input.CancelWith(cancellationToken);
            input.OpenInput(format, violations);
            if (options.FindStreamInfo && !input.IsMultipart)
                input.FindStreams(violations);
            return input;
        }
        catch
        {
            input.Free();
            throw;
        }
        finally
        {
            NativeLog.PassTo(null);
        }
    }

    public CancellationTokenRegistration CancelWith(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((InterruptState)state!).Cancel(), Interrupt);

    public void BeginRead()
    {
        _ = Context;
        // FFmpeg returns the packets that its parsers still have before it reports an interruption, and then forgets the cause.
        if (IsInterrupted)
            throw ReadFailure(ffmpeg.AVERROR_EXIT);
        Interrupt.Arm(Options.ReadDeadline);
    }

    public FFmpegException ReadFailure(int code) => Failure(code, Options.ReadDeadline, "reading");

    public FFmpegException Failure(int code, TimeSpan deadline, string doing) =>
        Interrupt.Cancelled
            ? new FFmpegException(ffmpeg.AVERROR_EXIT, $"{Name}: {doing} was cancelled.") { IsCancelled = true }
        : Interrupt.TimedOut
            ? new FFmpegException(ffmpeg.AVERROR_EXIT, $"{Name}: {doing} took longer than {deadline.TotalSeconds:0.###} s.") { IsTimeout = true }
        : NativeError.Failure(code, Name);

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        if (_context == null)
            return;
        // Closing tells the server goodbye (RTSP TEARDOWN), which must not take long.
        Interrupt.Arm(CloseDeadline);
        Interrupt.OnWaiting = null;
        Free();
    }

    private static AVInputFormat* FindFormat(string? name, string source)
    {
        if (name is null)
            return null;
        var format = FFmpegLibrary.FindDemuxer(name);
        return format != null
            ? format
            : throw new FFmpegException(ffmpeg.AVERROR_DEMUXER_NOT_FOUND, $"{source}: FFmpeg has no demuxer {name}.");
    }

    private void OpenInput(AVInputFormat* format, LimitViolations violations)
    {
        if (Options.Feed is not null)
        {
            _feed = new FeedReader(Options.Feed, Interrupt);
            _context->pb = _feed.Context;
            _context->flags |= ffmpeg.AVFMT_FLAG_CUSTOM_IO;
        }
        _context->interrupt_callback = Interrupt.Callback;
        Interrupt.Arm(Options.OpenDeadline);
        if (Options.StaysAtUrl)
            Interrupt.RequireUrl(_context, Options.Url);

        using var native = NativeOptionsOf(Options);
        Limits.Apply(native);
        var context = _context;
        var opened = ffmpeg.avformat_open_input(&context, Options.Url, format, native.Address);
        _context = context;
        if (Interrupt.RedirectedTo is { } address)
        {
            throw new FFmpegException(ffmpeg.AVERROR_EXIT, $"{Name}: the server redirects to {Credentials.Mask(address)}.")
            {
                RedirectedTo = address,
            };
        }
        if (opened < 0 && violations.HasTooManyStreams)
            throw Limits.TooManyTracks();
        if (opened < 0 || IsInterrupted)
            throw Failure(opened, Options.OpenDeadline, "opening");
        NativeLog.WarnOfUnknownOptions(Name, native.Keys());
        FormatName = Marshal.PtrToStringUTF8((nint)_context->iformat->name) ?? "";
        Limits.Check(_context);
    }

    private static NativeOptions NativeOptionsOf(DemuxerOptions options)
    {
        var native = new NativeOptions();
        if (options.LiveLowLatencyProbe)
        {
            native.Set("fpsprobesize", "0");
            native.Set("analyzeduration", "500000");
        }
        foreach (var (key, value) in options.Options)
            native.Set(key, value);
        if (options.ProtocolWhitelist is not null)
            native.Set("protocol_whitelist", options.ProtocolWhitelist);
        if (options.FormatWhitelist is not null)
            native.Set("format_whitelist", options.FormatWhitelist);
        return native;
    }

    private void FindStreams(LimitViolations violations)
    {
        var found = Limits.FindStreamInfo(_context);
        if (found < 0 || IsInterrupted)
            throw Failure(found, Options.OpenDeadline, "reading its streams");
        Limits.Check(_context);
        Limits.CheckDecoded(_context, violations);
    }

    private void Free()
    {
        Interrupt.ForgetContext();
        var context = _context;
        _context = null;
        ffmpeg.avformat_close_input(&context);
        _feed?.Dispose();
        Interrupt.Dispose();
    }
}
