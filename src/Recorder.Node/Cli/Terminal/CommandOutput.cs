using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recorder.Node.Cli.Terminal;

/// <summary>
/// The program's standard output and standard error. Every call writes whole lines at once, whichever thread makes it; on a
/// terminal some lines at the bottom can be live, and everything else appears above them.
/// </summary>
internal sealed class CommandOutput(TextWriter output, TextWriter error, bool isTerminal = false, Func<(int Width, int Height)>? size = null)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<string> _live = [];

    /// <summary>Standard output, for what writes by itself.</summary>
    public TextWriter Output => output;

    /// <summary>Standard input.</summary>
    public TextReader Input { get => field ??= Console.In; init; }

    /// <summary>Whether a person looks at standard output as it grows.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>Columns and rows of the terminal.</summary>
    public (int Width, int Height) Size => size?.Invoke() ?? (80, 24);

    /// <summary>The process's own streams.</summary>
    public static CommandOutput OfProcess()
    {
        var isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new CommandOutput(
            Writer(StandardOutput()), Writer(Console.OpenStandardError()), isTerminal, isTerminal ? TerminalSize : null);

        // The whole line leaves in one write, so that lines of several processes on one pipe stay whole.
        static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false), bufferSize: 1 << 15) { AutoFlush = false };

        // .NET's own stream says nothing when nobody reads a pipe any more, and a program that follows events would never end. In a file
        // the place to write at is shared with who else writes to it, which only that stream keeps to.
        static Stream StandardOutput()
        {
            var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return !Console.IsOutputRedirected || file.CanSeek ? Console.OpenStandardOutput() : file;
        }

        // A terminal that does not know its size says 0.
        static (int, int) TerminalSize()
        {
            var (width, height) = (Console.WindowWidth, Console.WindowHeight);
            return (width > 0 ? width : 80, height > 0 ? height : 24);
        }
    }

    /// <summary>Writes what is wrong with a command line to standard error.</summary>
    /// <returns><see cref="ExitCode.Usage"/>.</returns>
    public Task<int> RefuseAsync(string problem)
    {
        Error(problem);
        return Task.FromResult(ExitCode.Usage);
    }

    /// <summary>One line on standard output.</summary>
    /// <exception cref="IOException">Nobody reads any more, or the disk is full.</exception>
    public void Line(string text)
    {
        lock (_lock)
        {
            output.Write(Erased());
            output.Write(text);
            output.Write('\n');
            output.Write(Drawn());
            output.Flush();
        }
    }

    /// <summary>One line on standard error, after the program's name.</summary>
    public void Error(string text) => ErrorLine("recorder: " + text);

    /// <summary>One line on standard error as it is.</summary>
    public void ErrorLine(string text)
    {
        lock (_lock)
        {
            try
            {
                Show(Erased());
                error.Write(text + "\n");
                error.Flush();
                Show(Drawn());
            }
            catch (IOException)
            {
                // There is nowhere left to say it; the exit code still does.
            }
        }
    }

    /// <summary>Replaces the live lines at the bottom of a terminal.</summary>
    public void SetLive(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            var erased = Erased();
            _live = lines;
            Show(erased + Drawn());
        }
    }

    private void Show(string text)
    {
        if (text.Length > 0)
        {
            output.Write(text);
            output.Flush();
        }
    }

    // Up to the beginning of the first live line, and clear from there on.
    private string Erased() => _live.Count == 0 ? "" : $"\e[{_live.Count}F\e[J";

    private string Drawn() => _live.Count == 0 ? "" : string.Join('\n', _live) + "\n";
}
