using System.CommandLine;
using System.Text.Json;
using Recorder.Actors;
using Recorder.Contracts;
using Recorder.Node.Cli.Recording;

namespace Recorder.Node.Tests.Cli;

/// <summary>What <c>recorder record --json</c> writes to standard output is JSON lines, whatever happens in the actor system.</summary>
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
        return record.Read(new RootCommand { record.Create() }.Parse(["record", .. arguments]), out var problem) ?? throw new InvalidOperationException(problem);
    }

    // Makes the recorder's own actor fail in the middle of its recording.
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

/// <summary>Specs that look at the process's own standard output run beside no other.</summary>
[CollectionDefinition(nameof(ProcessOutput), DisableParallelization = true)]
public sealed class ProcessOutput;
