using Recorder.Actors.Capture;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

internal sealed record ProbeRequest(SourceUri Source, bool Json, TimeSpan Timeout, Verbosity Verbosity)
{
    public CaptureOptions Capture { get; init; } = new();
}

internal sealed class ProbeCommand
{
    public const string Description = "Show the tracks of a source and the MIME types that it can be recorded to.";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _source = new("SOURCE") { Description = "The source to open." };
    private readonly Option<TimeSpan?> _openTimeout =
        CliOption.Duration("--open-timeout", "How long to try to open the source (default: 10s).");
    private readonly SourceLimitOptions _limits = new();
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print one line of JSON.");
    private readonly Option<bool> _verbose =
        CliOption.Flag("--verbose", "Log everything to standard error, including the messages of FFmpeg.");

    public Command Create(CommandOutput console) =>
        new Command("probe", Description) { _source }.With([_openTimeout, .. _limits.All, _json, _verbose])
            .Runs((line, _) => ProbeRun.RunAsync(Read(line), console));

    private ProbeRequest Read(ParseResult line) =>
        SourceUri.TryParse(line.GetValue(_source), out var source, out var error)
            ? new ProbeRequest(
                source, line.GetValue(_json), line.GetValue(_openTimeout) ?? DefaultTimeout,
                line.GetValue(_verbose) ? Verbosity.Verbose : Verbosity.Normal)
            { Capture = _limits.Read(line) }
            : throw new UsageException(error);
}
