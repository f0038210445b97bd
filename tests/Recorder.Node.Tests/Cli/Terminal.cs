using System.Text;
using Recorder.Node.Cli;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Tests.Cli;

/// <summary>Runs command lines and keeps what they say.</summary>
internal sealed class Terminal
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public Terminal(bool isTerminal = false, int width = 80, int height = 24, string input = "") =>
        Console = new CommandOutput(new LockedWriter(_output), new LockedWriter(_error), isTerminal, () => (width, height))
        {
            Input = new StringReader(input),
        };

    public CommandOutput Console { get; }

    public string Output => Read(_output);

    public string Error => Read(_error);

    /// <summary>Runs a command line that is expected to be refused; the sentence it is refused with.</summary>
    public static async Task<string> RefusalOfAsync(params string[] arguments)
    {
        var terminal = new Terminal();

        (await CommandLine.RunAsync(arguments, terminal.Console)).ShouldBe(2);

        terminal.Output.ShouldBe("");
        terminal.Error.ShouldStartWith("recorder: ");
        terminal.Error.Count(c => c == '\n').ShouldBe(1, "one line");
        return terminal.Error["recorder: ".Length..].TrimEnd('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    // Actors write while a spec reads.
    private sealed class LockedWriter(StringBuilder text) : StringWriter(text)
    {
        public override void Write(string? value)
        {
            lock (GetStringBuilder())
            {
                base.Write(value);
            }
        }
    }
}

/// <summary>A folder of a test's own.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("recorder-cli-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Create(string name)
    {
        File.WriteAllText(this[name], "kept");
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
