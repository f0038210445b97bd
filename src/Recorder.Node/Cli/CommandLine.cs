using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using Recorder.FFmpeg;
using Recorder.Node.Serve;

namespace Recorder.Node.Cli;

/// <summary>The whole command line: what it accepts, what it says of what it does not, and the exit code.</summary>
internal static class CommandLine
{
    /// <summary>Everything that was asked for was recorded.</summary>
    public const int Done = 0;

    /// <summary>A recording failed, or a source could not be opened.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense; nothing was touched.</summary>
    public const int Usage = 2;

    /// <summary>Aborted by the user, as a shell would say it.</summary>
    public const int Aborted = 130;

    // What a source can look like is asked more often than anything else.
    private const string Sources =
        """
        Sources:
          test:                            a pattern with a running timecode, and a tone  (test:?size=1280x720&rate=25)
          clip.mp4, file:clip.mp4          a file, in real time  (?pace=fast: as fast as it can be recorded; ?loop)
          rtsp://user:password@host/path   a camera; also rtsps: rtmp: rtmps: srt: http: https: udp: tcp:  (#deadline=2s)
          v4l2:/dev/video0  x11::0.0       a camera device, a screen
          alsa:default  pulse:default      sound

        """;

    private const string RecordExamples =
        """
        Durations have a unit: 100ms, 1s, 2m, 1h30m. Bit rates are 128000, 800k or 2.5M.

        Examples:
          recorder record test: --duration 5s --timeslice 1s -o take.mp4
          recorder record rtsp://camera/stream -o cam.mp4
          recorder record clip.mp4 rtsp://camera/stream test: --out takes/
          recorder record test: --mime 'video/webm;codecs=vp8,opus' -o take.webm

        Exit code: 0 recorded, 1 a recording failed or a source could not be opened, 2 wrong usage, 130 aborted.

        """;

    private const string ProbeExamples =
        """
        Examples:
          recorder probe rtsp://camera/stream
          recorder probe clip.mp4 --json

        """;

    private const string ServeExamples =
        """
        Examples:
          recorder serve --data /var/lib/recorder
          recorder serve --data recordings --listen 127.0.0.1:8080

        """;

    private const string KeysExamples =
        """
        Examples:
          recorder keys add --data /var/lib/recorder --role admin --name me
          recorder keys add --data /var/lib/recorder --role viewer --recorder 'hall-*' --expires 90d
          recorder keys ls --data /var/lib/recorder

        """;

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">As the shell gives them.</param>
    /// <param name="console">Where everything is said.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandOutput console)
    {
        var record = new RecordCommand();
        var recordCommand = record.Create();
        var probe = new ProbeCommand();
        var probeCommand = probe.Create();
        var serve = new ServeCommand();
        var serveCommand = serve.Create();
        var keysCommand = new KeysCommand(console).Create();
        var root = new RootCommand("Records cameras, files and test patterns into files that play.")
        {
            recordCommand, probeCommand, serveCommand, keysCommand,
        };
        Adorn(root, new Dictionary<Command, string>
        {
            [root] = Sources + "\n" + RecordExamples,
            [recordCommand] = Sources + "\n" + RecordExamples,
            [probeCommand] = Sources + "\n" + ProbeExamples,
            [serveCommand] = ServeExamples,
            [keysCommand] = KeysExamples,
        });
        recordCommand.SetAction((line, _) =>
            record.Read(line, out var problem) is { } request ? RecordRun.RunAsync(request, console) : RefuseAsync(console, problem));
        probeCommand.SetAction((line, _) => probe.Read(line, out var problem) is { } request
            ? ProbeRun.RunAsync(request, console)
            : RefuseAsync(console, problem));
        serveCommand.SetAction((line, _) => serve.Read(line, out var problem) is { } request
            ? ServeRun.RunAsync(request, console)
            : RefuseAsync(console, problem));

        var parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (UsageProblem.Of(parsed) is { } problem)
        {
            return await RefuseAsync(console, problem);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = console.Output,
                Error = TextWriter.Null,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (FFmpegUnavailableException unavailable)
        {
            console.Error(unavailable.Message);
            return Failed;
        }
        finally
        {
            await console.Output.FlushAsync();
        }
    }

    private static Task<int> RefuseAsync(CommandOutput console, string problem)
    {
        console.Error(problem);
        return Task.FromResult(Usage);
    }

    private static void Adorn(RootCommand root, Dictionary<Command, string> endings)
    {
        foreach (var option in root.Options.ToList())
        {
            switch (option)
            {
                case HelpOption:
                    root.Options.Remove(option);
                    break;
                case VersionOption version:
                    version.Description = "Show the version";
                    version.Action = new Saying(_ => $"recorder {Version}\n");
                    break;
            }
        }

        root.Options.Add(new HelpOption("--help", "-h")
        {
            Recursive = true,
            Description = "Show help",
            Action = new Saying(line => endings.GetValueOrDefault(line.CommandResult.Command, ""))
            {
                Before = new HelpAction(),
            },
        });
    }

    private static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Prints a text, after what another action prints.</summary>
    private sealed class Saying(Func<ParseResult, string> text) : SynchronousCommandLineAction
    {
        public HelpAction? Before { get; init; }

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Before?.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.Write(text(parseResult));
            return Done;
        }
    }
}

/// <summary>What the parser complains about, as one sentence with a remedy.</summary>
internal static class UsageProblem
{
    /// <summary>The first complaint; null when there is none.</summary>
    public static string? Of(ParseResult line)
    {
        if (line.Action is { ClearsParseErrors: true })
        {
            return null;
        }

        var command = line.CommandResult.Command;
        var path = command is RootCommand ? "recorder" : $"recorder {command.Name}";
        if (line.UnmatchedTokens is [var unmatched, ..])
        {
            // A URL at the wrong place.
            var token = Credentials.Mask(unmatched);
            return token.StartsWith('-') ? $"Unknown option '{token}': '{path} --help' lists them."
                : command is RootCommand ? $"Unknown command '{token}': 'recorder --help' lists them."
                : $"'{token}' is one word too many: '{path} --help' says what goes where.";
        }

        if (ValueThatIsAnOption(line) is var (option, value))
        {
            return $"{option.Name} needs a value, but '{value}' follows: '{path} --help' says which.";
        }

        if (line.Errors is not [var error, ..])
        {
            return null;
        }

        return error switch
        {
            { SymbolResult: OptionResult { Tokens.Count: 0, Option: var bare } } => $"{bare.Name} needs a value: '{path} --help' says which.",
            { SymbolResult: OptionResult { Option: var repeated } } => $"{repeated.Name} is given more than once: say it once.",
            { SymbolResult: ArgumentResult } => $"'{path}' needs a source: for example {path} test: ('{path} --help' lists the forms).",
            _ when command is RootCommand => "Say what to do: 'recorder --help' lists the commands.",
            var other => other.Message,
        };
    }

    // "--out --force": the parser takes the second for a name, the user forgot it.
    private static (Option Option, string Value)? ValueThatIsAnOption(ParseResult line)
    {
        var names = line.CommandResult.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).ToHashSet();
        foreach (var result in line.CommandResult.Children.OfType<OptionResult>())
        {
            if (result.Tokens.FirstOrDefault(token => names.Contains(token.Value)) is { } taken)
            {
                return (result.Option, taken.Value);
            }
        }

        return null;
    }
}
