using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Node.Cli.Terminal;

/// <summary>The program's standard output and standard error. Can be used by several threads: every call writes whole lines. On a
/// terminal the bottom lines can be live, and everything else appears above them.</summary>
internal sealed class CommandOutput(
    TextWriter output, TextWriter error, bool isTerminal = false, Func<(int Width, int Height)>? size = null)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<string> _live = [];

    public TextWriter Output => output;

    public TextReader Input { get => field ??= Console.In; init; }

    /// <summary>Whether standard output is a terminal that understands escape sequences.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>80 x 24 if unknown.</summary>
    public (int Width, int Height) Size => size?.Invoke() ?? (80, 24);

    public static CommandOutput OfProcess()
    {
        var isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new CommandOutput(
            Writer(StandardOutput()), Writer(Console.OpenStandardError()), isTerminal, isTerminal ? TerminalSize : null);

        // One write per line, so that lines of several processes on one pipe do not mix.
        static StreamWriter Writer(Stream stream) =>
            new(stream, new UTF8Encoding(false), bufferSize: 1 << 15) { AutoFlush = false };

        // .NET's console stream ignores a broken pipe, so 'recorder tail | head' would never end; a FileStream reports it. But a
        // FileStream keeps its own position, and would overwrite what other processes write to the same file.
        static Stream StandardOutput()
        {
            var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return !Console.IsOutputRedirected || file.CanSeek ? Console.OpenStandardOutput() : file;
        }

        // Some terminals report a size of 0.
        static (int, int) TerminalSize()
        {
            var (width, height) = (Console.WindowWidth, Console.WindowHeight);
            return (width > 0 ? width : 80, height > 0 ? height : 24);
        }
    }

    /// <summary>Throws an IOException if the reader has closed the pipe, or the disk is full.</summary>
    public void Line(string text)
    {
        lock (_lock)
        {
            output.Write(EraseSequence());
            output.Write(text);
            output.Write('\n');
            output.Write(LiveText());
            output.Flush();
        }
    }

    public void Error(string text) => ErrorLine("recorder: " + text);

    public void ErrorLine(string text)
    {
        lock (_lock)
        {
            try
            {
                WriteNow(EraseSequence());
                error.Write(text + "\n");
                error.Flush();
                WriteNow(LiveText());
            }
            catch (IOException)
            {
                // Standard error is closed; only the exit code is left to report the error.
            }
        }
    }

    public void SetLive(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            var erased = EraseSequence();
            _live = lines;
            WriteNow(erased + LiveText());
        }
    }

    private void WriteNow(string text)
    {
        if (text.Length > 0)
        {
            output.Write(text);
            output.Flush();
        }
    }

    // Moves the cursor to the first live line and clears the rest of the screen.
    private string EraseSequence() => _live.Count == 0 ? "" : $"\e[{_live.Count}F\e[J";

    private string LiveText() => _live.Count == 0 ? "" : string.Join('\n', _live) + "\n";
}
