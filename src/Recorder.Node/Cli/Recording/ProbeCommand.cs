using System.CommandLine;
using Recorder.Actors.Capture;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>What <c>recorder probe</c> was asked for.</summary>
internal sealed record ProbeRequest(SourceUri Source, bool Json, TimeSpan Timeout, Verbosity Verbosity)
{
    /// <summary>What is opened, and whom it trusts.</summary>
    public CaptureOptions Capture { get; init; } = new();
}

/// <summary><c>recorder probe</c>: its options.</summary>
internal sealed class ProbeCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _source = new("SOURCE") { Description = "What to look at." };

    private readonly Option<string> _openTimeout = new("--open-timeout") { HelpName = "T", Description = "How long to try to open the source (10s)." };

    private readonly SourceLimitOptions _limits = new();

    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON.", Arity = ArgumentArity.Zero };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log everything, FFmpeg's messages too, to standard error.", Arity = ArgumentArity.Zero };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = new Command("probe", "Show a source's tracks, and what they can be recorded to.") { _source, _openTimeout };
        foreach (var option in _limits.All)
        {
            command.Add(option);
        }

        command.Add(_json);
        command.Add(_verbose);
        return command;
    }

    /// <summary>Checks a command line and makes a request of it.</summary>
    /// <returns>The request; or null and one sentence that says what is wrong and what to do.</returns>
    public ProbeRequest? Read(ParseResult line, out string problem)
    {
        var reader = new OptionReader(line);
        var timeout = reader.Duration(_openTimeout) ?? DefaultTimeout;
        var capture = _limits.Read(reader);
        if (!SourceUri.TryParse(line.GetValue(_source), out var source, out var error))
        {
            reader.Complain(error);
        }

        problem = reader.Problem ?? "";
        return reader.Problem is null
            ? new ProbeRequest(source!, line.GetValue(_json), timeout, line.GetValue(_verbose) ? Verbosity.Verbose : Verbosity.Normal)
            {
                Capture = capture,
            }
            : null;
    }
}
