using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Recorder.FFmpeg;

internal sealed unsafe class NativeLogLine
{
    private const int PieceLength = 1024;
    private const int LongestLine = 4 * PieceLength;
    private const int MostRepeats = 1000;

    private readonly byte[] _piece = GC.AllocateUninitializedArray<byte>(PieceLength, pinned: true);
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

#pragma warning disable CA1873 // The caller has checked that the level is enabled.
    private void Emit(ILogger logger, int level, string line)
    {
        if (line == _last && _repeated < MostRepeats)
        {
            _repeated++;
            return;
        }
        if (_repeated > 0)
            NativeLog.WriteRepeated(logger, NativeLog.Level(_lastLevel), _last, _repeated);
        (_repeated, _last, _lastLevel) = (0, line, level);
        NativeLog.Write(logger, NativeLog.Level(level), line);
    }
#pragma warning restore CA1873
}
