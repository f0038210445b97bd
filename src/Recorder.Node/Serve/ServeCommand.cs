using System.CommandLine;
using Recorder.Node.Cli;

namespace Recorder.Node.Serve;

/// <summary>What <c>recorder serve</c> was asked for.</summary>
internal sealed record ServeRequest(ServeOptions Options, Verbosity Verbosity);

/// <summary><c>recorder serve</c>: its options.</summary>
internal sealed class ServeCommand
{
    private readonly Option<string> _data = new("--data")
    {
        HelpName = "DIR",
        Description = "Where recordings, catalogue and keys are kept; made if it does not exist.",
    };

    private readonly Option<string> _listen = new("--listen")
    {
        HelpName = "IP:PORT",
        Description = "Where HTTP is answered; port 0 takes a free one (127.0.0.1:8080).",
    };

    private readonly Option<string> _node = new("--node") { HelpName = "NAME", Description = "The node's name in answers (the machine's)." };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Log errors only.", Arity = ArgumentArity.Zero };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Log everything, FFmpeg's messages too, to standard error.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The command with its options.</summary>
    public Command Create() =>
        new("serve", "Run a node: recorders that are kept, and their API over HTTP, until SIGTERM or Ctrl-C.")
        {
            _data, _listen, _node, _quiet, _verbose,
        };

    /// <summary>Checks a command line and makes a request of it.</summary>
    /// <returns>The request; or null and one sentence that says what is wrong and what to do.</returns>
    public ServeRequest? Read(ParseResult line, out string problem)
    {
        var reader = new OptionReader(line);
        var data = reader.Text(_data);
        if (string.IsNullOrEmpty(data))
        {
            reader.Complain("Where to? Say --data DIR: recordings, catalogue and keys are kept there.");
        }

        var options = new ServeOptions { DataFolder = Path.GetFullPath(string.IsNullOrEmpty(data) ? "." : data) };
        if (reader.Text(_listen) is { } listen)
        {
            var endpoint = ServeOptions.ReadListen(listen, out var wrong);
            reader.Complain(endpoint is null ? $"--listen {wrong}" : null);
            options = options with { Listen = endpoint ?? options.Listen };
        }

        var (quiet, verbose) = (line.GetValue(_quiet), line.GetValue(_verbose));
        reader.Complain(quiet && verbose ? "--quiet and --verbose contradict each other: say one of them." : null);
        options = options with { Node = reader.Text(_node) ?? options.Node };
        problem = reader.Problem ?? "";
        return reader.Problem is null
            ? new ServeRequest(options, quiet ? Verbosity.Quiet : verbose ? Verbosity.Verbose : Verbosity.Normal)
            : null;
    }
}
