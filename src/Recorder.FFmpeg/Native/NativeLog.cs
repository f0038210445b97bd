using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Recorder.FFmpeg;

/// <summary>Sends FFmpeg's log to a logger: whole, bounded lines with credentials masked, repeated lines once.</summary>
internal static unsafe partial class NativeLog
{
    private static ILogger? _logger;
    private static int _threshold = int.MinValue;

    [ThreadStatic]
    private static NativeLogLine? _line;

    [ThreadStatic]
    private static HlsMonitor? _monitor;

    public static void Attach() => ffmpeg.av_log_set_callback(&OnLog);

    public static void Use(ILogger? logger)
    {
        var threshold = logger switch
        {
            null => int.MinValue,
            _ when logger.IsEnabled(LogLevel.Trace) => ffmpeg.AV_LOG_DEBUG,
            _ when logger.IsEnabled(LogLevel.Debug) => ffmpeg.AV_LOG_VERBOSE,
            _ when logger.IsEnabled(LogLevel.Warning) => ffmpeg.AV_LOG_WARNING,
            _ when logger.IsEnabled(LogLevel.Error) => ffmpeg.AV_LOG_ERROR,
            _ => ffmpeg.AV_LOG_FATAL,
        };
        Volatile.Write(ref _logger, logger);
        Volatile.Write(ref _threshold, threshold);
    }

    /// <summary>Passes what FFmpeg logs on this thread to a monitor from now on; null ends that.</summary>
    public static void PassTo(HlsMonitor? monitor) => _monitor = monitor;

    public static void WarnOfUnknownOptions(string source, List<string> options)
    {
        if (options.Count > 0 && Volatile.Read(ref _logger) is { } logger && logger.IsEnabled(LogLevel.Warning))
            WriteUnknown(logger, source, string.Join(", ", options));
    }

    public static void Error(string text)
    {
        if (Volatile.Read(ref _logger) is { } logger)
            Write(logger, LogLevel.Error, text);
    }

    // FFmpeg's "info" reports details of every file (streams found, encoder statistics), which is Debug for a server.
    internal static LogLevel Level(int level) =>
        level <= ffmpeg.AV_LOG_FATAL ? LogLevel.Critical
        : level <= ffmpeg.AV_LOG_ERROR ? LogLevel.Error
        : level <= ffmpeg.AV_LOG_WARNING ? LogLevel.Warning
        : level <= ffmpeg.AV_LOG_VERBOSE ? LogLevel.Debug
        : LogLevel.Trace;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(void* context, int level, byte* format, byte* arguments)
    {
        // The bits above the lowest byte state a colour.
        level &= 0xff;
        if (level <= ffmpeg.AV_LOG_ERROR)
            LimitViolations.Note(format);
        _monitor?.OnLog(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(format));
        if (level > Volatile.Read(ref _threshold) || Volatile.Read(ref _logger) is not { } logger)
            return;
#pragma warning disable CA1031 // An exception that leaves a native callback ends the process, which a lost log line is not worth.
        try
        {
            (_line ??= new NativeLogLine()).Append(logger, context, level, format, arguments);
        }
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: FFmpeg does not know the option {Options}")]
    private static partial void WriteUnknown(ILogger logger, string source, string options);

    [LoggerMessage(Message = "{Line}")]
    internal static partial void Write(ILogger logger, LogLevel level, string line);

    [LoggerMessage(Message = "{Line} ({Times} times)")]
    internal static partial void WriteRepeated(ILogger logger, LogLevel level, string line, int times);
}
