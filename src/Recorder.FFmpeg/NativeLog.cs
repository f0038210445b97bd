using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Recorder.FFmpeg;

/// <summary>FFmpeg's log as an <see cref="ILogger"/>'s: whole lines, of bounded length, without credentials, a repeated line once.</summary>
internal static unsafe partial class NativeLog
{
    private const int LineLength = 1024;
    private const int LongestLine = 4 * LineLength;

    private static ILogger? _logger;
    private static int _threshold = int.MinValue;

    [ThreadStatic]
    private static Line? _line;

    [ThreadStatic]
    private static SegmentSeams? _listener;

    public static void Attach() =>
        ffmpeg.av_log_set_callback(new av_log_set_callback_callback_func
        {
            Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int, byte*, byte*, void>)&OnLog,
        });

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

    /// <summary>Hears what is logged on this thread from now on; null ends it.</summary>
    public static void Listen(SegmentSeams? listener) => _listener = listener;

    public static void UnusedOptions(string source, List<string> options)
    {
        if (options.Count > 0 && Volatile.Read(ref _logger) is { } logger && logger.IsEnabled(LogLevel.Warning))
            WriteUnused(logger, source, string.Join(", ", options));
    }

    public static void Error(string text)
    {
        if (Volatile.Read(ref _logger) is { } logger)
            Write(logger, LogLevel.Error, text);
    }

    // FFmpeg's "info" is a report a file (the encoder's statistics, the streams found): a server's debug.
    internal static LogLevel Level(int level) =>
        level <= ffmpeg.AV_LOG_FATAL ? LogLevel.Critical
        : level <= ffmpeg.AV_LOG_ERROR ? LogLevel.Error
        : level <= ffmpeg.AV_LOG_WARNING ? LogLevel.Warning
        : level <= ffmpeg.AV_LOG_VERBOSE ? LogLevel.Debug
        : LogLevel.Trace;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(void* context, int level, byte* format, byte* arguments)
    {
        // The bits above the lowest byte are a colour.
        level &= 0xff;
        if (level <= ffmpeg.AV_LOG_ERROR)
            NativeComplaints.Note(format);
        _listener?.Hear(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(format));
        if (level > Volatile.Read(ref _threshold) || Volatile.Read(ref _logger) is not { } logger)
            return;
#pragma warning disable CA1031 // An exception that leaves a callback ends the process; a lost log line does not.
        try
        {
            (_line ??= new Line()).Append(logger, context, level, format, arguments);
        }
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: nothing there knows the option {Options}")]
    private static partial void WriteUnused(ILogger logger, string source, string options);

    [LoggerMessage(Message = "{Line}")]
    private static partial void Write(ILogger logger, LogLevel level, string line);

    [LoggerMessage(Message = "{Line} ({Times} times)")]
    private static partial void WriteRepeated(ILogger logger, LogLevel level, string line, int times);

    /// <summary>A thread's unfinished line.</summary>
    private sealed class Line
    {
        private readonly byte[] _piece = GC.AllocateUninitializedArray<byte>(LineLength, pinned: true);
        private readonly StringBuilder _text = new();
        private int _prefix = 1;
        private int _level = int.MaxValue;
        private string _last = "";
        private int _lastLevel;
        private int _repeated;

        public void Append(ILogger logger, void* context, int level, byte* format, byte* arguments)
        {
            var text = Marshal.PtrToStringUTF8((nint)format);
            if (text is null)
                return;
            int length;
            fixed (byte* piece = _piece)
            fixed (int* prefix = &_prefix)
            {
                length = ffmpeg.av_log_format_line2(context, level, text, arguments, piece, _piece.Length, prefix);
            }
            if (length <= 0)
                return;
            var ends = text.EndsWith('\n') || text.EndsWith('\r');
            length = Math.Min(length, _piece.Length - 1);
            _text.Append(Encoding.UTF8.GetString(_piece, 0, length));
            _level = Math.Min(_level, level);
            if (!ends && _piece[length - 1] != '\n' && _text.Length < LongestLine)
                return;
            _prefix = 1;
            var line = Credentials.Mask(_text.ToString().Trim());
            var lineLevel = _level;
            _text.Clear();
            _level = int.MaxValue;
            if (line.Length > 0)
                Emit(logger, lineLevel, line);
        }

        // The threshold was asked already: the level below is computed for a line that will be written.
#pragma warning disable CA1873
        private void Emit(ILogger logger, int level, string line)
        {
            if (line == _last && _repeated < 1000)
            {
                _repeated++;
                return;
            }
            if (_repeated > 0)
                WriteRepeated(logger, Level(_lastLevel), _last, _repeated);
            _repeated = 0;
            _last = line;
            _lastLevel = level;
            Write(logger, Level(level), line);
        }
#pragma warning restore CA1873
    }
}
