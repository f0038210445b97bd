using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Recorder.FFmpeg;

namespace Recorder.Node.Cli;

/// <summary>The whole command line: what it accepts, what it says of what it does not, and the exit code.</summary>
internal static class CommandLine
{
    /// <summary>Everything that was asked for was done.</summary>
    public const int Done = 0;

    /// <summary>A recording failed, a source could not be opened, a node refused or did not answer.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense; nothing was touched.</summary>
    public const int Usage = 2;

    /// <summary>Aborted by the user, as a shell would say it.</summary>
    public const int Aborted = 130;

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
        catch (Exception refused) when (refused is FFmpegUnavailableException or NodeException)
        {
            console.Error(refused.Message);
            return Failed;
        }
        finally
        {
            await console.Output.FlushAsync();
        }
    }

    /// <summary>Says what makes no sense.</summary>
    internal static Task<int> RefuseAsync(CommandOutput console, string problem)
    {
        console.Error(problem);
        return Task.FromResult(Usage);
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
            return Done;
        }
    }
}
