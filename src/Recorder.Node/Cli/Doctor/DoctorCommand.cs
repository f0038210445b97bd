using System.Net;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Doctor;

internal sealed class DoctorCommand(CommandOutput console)
{
    public const string Description = "Check FFmpeg, the clock, the port and the data folder that a node needs.";

    private static readonly IPEndPoint DefaultAddress = new(IPAddress.Loopback, 8080);

    private readonly Option<string?> _data =
        CliOption.Text("--data", "DIR", "The data folder to check (default: RECORDER_DATA).");
    private readonly Option<string?> _listen =
        CliOption.Text("--listen", "IP:PORT", $"The address that the node will listen on (default: {DefaultAddress}).");
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print one line of JSON per check.");

    public Command Create() => new Command("doctor", Description) { _data, _listen, _json }.Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var listen = line.GetValue(_listen) is not { } text ? DefaultAddress
            : ServeOptions.ReadListen(text, out var problem) ?? throw new UsageException($"--listen {problem}");
        var data = line.DataFolder(_data) switch
        {
            null => null,
            "" => throw new UsageException("--data requires the name of a folder."),
            var folder => Path.GetFullPath(folder),
        };
        var findings = await Task.Run(() => DoctorChecks.Run(data, listen, cancellationToken).ToList(), cancellationToken);
        if (line.GetValue(_json))
        {
            foreach (var finding in findings)
            {
                var level = finding.Level.ToString().ToLowerInvariant();
                var json = new JsonObject { ["check"] = finding.Check, ["level"] = level, ["detail"] = finding.Detail };
                console.Line(json.ToJsonString());
            }
        }
        else
        {
            var table = new TextTable("CHECK", "RESULT", "DETAIL");
            foreach (var finding in findings)
                table.Add(finding.Check, ResultOf(finding.Level), finding.Detail);

            table.Write(console);
        }

        return findings.Exists(finding => finding.Level == FindingLevel.Wrong) ? ExitCode.Failed : ExitCode.Done;
    }

    internal static Cell ResultOf(FindingLevel level) => level switch
    {
        FindingLevel.Good => new Cell("good", Tone.Good),
        FindingLevel.Warning => new Cell("warning", Tone.Warning),
        _ => new Cell("wrong", Tone.Bad),
    };
}
