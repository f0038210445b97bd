using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli;

internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandOutput console)
    {
        arguments = arguments.Count == 0 ? ["--help"] : arguments;
        var root = CommandTree.Create(console, arguments);
        ConfigureHelpAndVersion(root);
        try
        {
            var parser = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
            var parsed = root.Parse(arguments, parser);
            if (UsageProblem.Of(parsed) is { } problem)
                throw new UsageException(problem);

            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = console.Output,
                Error = TextWriter.Null,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (UsageException usage)
        {
            console.Error(usage.Message);
            return ExitCode.Usage;
        }
        catch (Exception failed) when (failed is FFmpegUnavailableException or NodeException)
        {
            console.Error(failed.Message);
            return ExitCode.Failed;
        }
        finally
        {
            await console.Output.FlushAsync();
        }
    }

    private static void ConfigureHelpAndVersion(RootCommand root)
    {
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(new HelpOption("--help", "-h")
        {
            Recursive = true,
            Description = "Show help.",
            Action = new PrintAction(line => CommandTree.HelpEndingOf(line.CommandResult), new HelpAction()),
        });
        var version = root.Options.OfType<VersionOption>().Single();
        version.Description = "Show the version.";
        version.Action = new PrintAction(_ => $"recorder {Version}\n");
    }

    private static string Version =>
        typeof(CommandLine).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private sealed class PrintAction(Func<ParseResult, string> text, HelpAction? before = null) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            before?.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.Write(text(parseResult));
            return ExitCode.Done;
        }
    }
}
