using System.CommandLine;
using System.Text.Json;
using Recorder.Actors;
using Recorder.Contracts;
using Recorder.Node.Cli.Recording;

namespace Recorder.Node.Tests.Cli;

/// <summary><c>recorder record --json</c> writes only lines of JSON to standard output, even if an actor fails.</summary>
[Collection(nameof(ProcessOutput))]
public sealed class JsonOutputSpecs : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_line_is_json_also_when_the_recorders_actor_fails()
    {
        var terminal = new Terminal();
        using var engine = new StringWriter();
        var usual = Console.Out;
        Console.SetOut(engine);
        try
        {
            await RecordRun.RunAsync(
                Read("test:?size=160x90", "--out", _folder.Path, "--timeslice", "200ms", "--json"), terminal.Console,
                runtime => runtime.System.ActorOf(Props.Create(() => new Killer(runtime))));
        }
        finally
        {
            Console.SetOut(usual);
        }

        var events = terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()).ToList();
        events.ShouldContain("start");
        events.ShouldContain("error");
        events[^1].ShouldBe("stop");
        engine.ToString().ShouldBe("", "the engine writes nothing to standard output");
        terminal.Error.ShouldContain("Kill");
    }

    private static RecordRequest Read(params string[] arguments)
    {
        var record = new RecordCommand();
        return record.Read(new RootCommand { record.Create(new Terminal().Console) }.Parse(["record", .. arguments]));
    }

    // Kills the actor of the recorder while it records.
    private sealed class Killer : ReceiveActor
    {
        public Killer(RecorderRuntime runtime)
        {
            runtime.Events.Tell(new EventsProtocol.Subscribe(Kind: typeof(RecorderProtocol.DataAvailable)));
            Receive<RecorderProtocol.DataAvailable>(data =>
            {
                Context.ActorSelection($"/user/recorders/{data.Recorder}").Tell(Kill.Instance);
                Become(() => ReceiveAny(_ => { }));
            });
            ReceiveAny(_ => { });
        }
    }
}

/// <summary>Specs that replace the standard output of the process, and so cannot run in parallel with others.</summary>
[CollectionDefinition(nameof(ProcessOutput), DisableParallelization = true)]
public sealed class ProcessOutput;
