using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Doctor;

/// <summary><c>recorder doctor</c>: whether a node can run here, and what to do where it cannot.</summary>
internal sealed class DoctorCommand(CommandOutput console)
{
    private readonly Option<string> _data = new("--data")
    {
        HelpName = "DIR",
        Description = "The data folder to look at (RECORDER_DATA).",
    };

    private readonly Option<string> _listen = new("--listen")
    {
        HelpName = "IP:PORT",
        Description = "Where the node is to listen (127.0.0.1:8080).",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one line of JSON a finding.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = new Command("doctor", "Check what a node needs: FFmpeg, the data folder and its disk, the port.")
        {
            _data, _listen, _json,
        };
        command.SetAction((line, cancellationToken) => RunAsync(line, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var data = reader.Text(_data) ?? Environment.GetEnvironmentVariable("RECORDER_DATA");
        IPEndPoint? listen = new(IPAddress.Loopback, 8080);
        if (reader.Text(_listen) is { } text && (!IPEndPoint.TryParse(text, out listen) || listen.Port == 0))
        {
            reader.Complain($"--listen '{text}' is no address and port: write for example 127.0.0.1:8080.");
        }

        reader.Complain(data is { Length: 0 } ? "--data needs the name of a folder." : null);
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        var folder = data is null ? null : Path.GetFullPath(data);
        var findings = await Task.Run(() => DoctorChecks.Run(folder, listen!, cancellationToken).ToList(), cancellationToken);
        if (line.GetValue(_json))
        {
            foreach (var finding in findings)
            {
                var level = finding.Level.ToString().ToLowerInvariant();
                var said = new JsonObject { ["check"] = finding.Check, ["level"] = level, ["detail"] = finding.Detail };
                console.Line(said.ToJsonString());
            }
        }
        else
        {
            var table = new TextTable("CHECK", "RESULT", "DETAIL");
            foreach (var finding in findings)
            {
                table.Add(finding.Check, ResultOf(finding.Level), finding.Detail);
            }

            table.Write(console);
        }

        return findings.Exists(finding => finding.Level == FindingLevel.Wrong) ? ExitCode.Failed : ExitCode.Done;
    }

    internal static Cell ResultOf(FindingLevel level) =>
        level switch
        {
            FindingLevel.Good => new Cell("good", Tone.Good),
            FindingLevel.Warning => new Cell("warning", Tone.Warning),
            _ => new Cell("wrong", Tone.Bad),
        };
}
