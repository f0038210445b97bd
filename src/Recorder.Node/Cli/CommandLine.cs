using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Recorder.FFmpeg;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli;

/// <summary>The whole command line: what it accepts, what it says of what it does not, and the exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command.</summary>
    /// <param name="arguments">As the shell gives them.</param>
    /// <param name="console">Where everything is said.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandOutput console)
    {
        // With nothing to do: what there is to do.
        arguments = arguments.Count == 0 ? ["--help"] : arguments;
        var root = CommandTree.Create(console, arguments);
        Adorn(root);

        var parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (UsageProblem.Of(parsed) is { } problem)
        {
            return await console.RefuseAsync(problem);
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
        catch (Exception refused) when (refused is FFmpegUnavailableException or NodeException)
        {
            console.Error(refused.Message);
            return ExitCode.Failed;
        }
        finally
        {
            await console.Output.FlushAsync();
        }
    }

    private static void Adorn(RootCommand root)
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
            Action = new Saying(line => CommandTree.EndingOf(line.CommandResult.Command))
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
            return ExitCode.Done;
        }
    }
}
