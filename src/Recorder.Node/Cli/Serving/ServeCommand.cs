using System.Collections;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Serving;

internal sealed record ServeRequest(ServeOptions Options, Verbosity Verbosity);

/// <summary><c>recorder serve</c>: its options, one for each <see cref="Setting"/>.</summary>
internal sealed class ServeCommand
{
    public const string Description = "Run a node, which manages recorders and serves the HTTP API, until SIGTERM or Ctrl-C.";

    private readonly Option<string> _config = new("--config")
    {
        HelpName = "FILE",
        Description = "Configuration as JSON; environment variables (RECORDER_…) and options override it.",
    };

    private readonly List<(Setting Setting, Option Option)> _settings = [.. NodeSettings.All.Select(setting => (setting, OptionFor(setting)))];
    private readonly Option<bool> _quiet = CliOption.Flag("--quiet", "Log errors only.");
    private readonly Option<bool> _verbose =
        CliOption.Flag("--verbose", "Log everything, FFmpeg's messages too, to standard error.");

    public Command Create(CommandOutput console) =>
        new Command("serve", Description) { _config }.With([.. _settings.Select(it => it.Option), _quiet, _verbose])
            .Runs((line, _) => ServeRun.RunAsync(Read(line), console));

    private ServeRequest Read(ParseResult line)
    {
        var (quiet, verbose) = (line.GetValue(_quiet), line.GetValue(_verbose));
        if (quiet && verbose)
            throw new UsageException("Options '--quiet' and '--verbose' cannot be used together.");

        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        var flags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (setting, option) in _settings.Where(it => line.GetResult(it.Option) is not null))
            flags[setting.Key] = option is Option<string[]> list ? line.GetValue(list)! : [line.GetValue((Option<string>)option)!];

        var options = SettingReader.Read(line.GetValue(_config), environment, flags, out var problem)
            ?? throw new UsageException(problem);
        return new ServeRequest(options, quiet ? Verbosity.Quiet : verbose ? Verbosity.Verbose : Verbosity.Normal);
    }

    private static Option OptionFor(Setting setting)
    {
        var description = $"{char.ToUpperInvariant(setting.Description[0])}{setting.Description[1..]} ({setting.Default}).";
        return setting.IsList
            ? new Option<string[]>(setting.Flag) { HelpName = setting.Value, Description = description, Arity = ArgumentArity.OneOrMore }
            : new Option<string>(setting.Flag) { HelpName = setting.Value, Description = description };
    }
}
