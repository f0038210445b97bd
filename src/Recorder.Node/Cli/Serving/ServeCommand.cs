using System.Collections;
using System.CommandLine;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Serving;

/// <summary>What <c>recorder serve</c> was asked for.</summary>
internal sealed record ServeRequest(ServeOptions Options, Verbosity Verbosity);

/// <summary><c>recorder serve</c>: its options, one for each <see cref="Setting"/>.</summary>
internal sealed class ServeCommand
{
    private readonly Option<string> _config = new("--config")
    {
        HelpName = "FILE",
        Description = "Configuration as JSON; environment variables (RECORDER_…) and options override it.",
    };

    private readonly List<(Setting Setting, Option Option)> _settings = [.. NodeSettings.All.Select(setting => (setting, OptionFor(setting)))];

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Log errors only.", Arity = ArgumentArity.Zero };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Log everything, FFmpeg's messages too, to standard error.",
        Arity = ArgumentArity.Zero,
    };

    public IReadOnlyDictionary<string, string> Environment { get; init; } = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    public Command Create()
    {
        var command = new Command("serve", "Run a node, which manages recorders and serves the HTTP API, until SIGTERM or Ctrl-C.") { _config };
        foreach (var (_, option) in _settings)
            command.Add(option);

        command.Add(_quiet);
        command.Add(_verbose);
        return command;
    }

    /// <summary>Checks a command line and makes a request of it.</summary>
    /// <returns>The request; or null and one sentence that says what is wrong and what to do.</returns>
    public ServeRequest? Read(ParseResult line, out string problem)
    {
        var (quiet, verbose) = (line.GetValue(_quiet), line.GetValue(_verbose));
        if (quiet && verbose)
        {
            problem = "Options '--quiet' and '--verbose' cannot be used together.";
            return null;
        }

        var flags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (setting, option) in _settings.Where(it => line.GetResult(it.Option) is not null))
            flags[setting.Key] = option is Option<string[]> list ? line.GetValue(list)! : [line.GetValue((Option<string>)option)!];

        var options = SettingReader.Read(line.GetValue(_config), Environment, flags, out problem);
        return options is null
            ? null
            : new ServeRequest(options, quiet ? Verbosity.Quiet : verbose ? Verbosity.Verbose : Verbosity.Normal);
    }

    private static Option OptionFor(Setting setting)
    {
        var description = $"{char.ToUpperInvariant(setting.Description[0])}{setting.Description[1..]} ({setting.Default}).";
        return setting.IsList
            ? new Option<string[]>(setting.Flag) { HelpName = setting.Value, Description = description, Arity = ArgumentArity.OneOrMore }
            : new Option<string>(setting.Flag) { HelpName = setting.Value, Description = description };
    }
}
