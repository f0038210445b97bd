// An Akka.Hosting program with a recorder in its actor system. One of its actors receives an event for each blob.
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recorder.Actors;
using Recorder.Contracts;

var folder = args.Length > 0 ? args[0] : "recordings";
var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddAkka("studio", (akka, services) => akka
    .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
    .WithRecorder(new RecorderRuntimeOptions { Node = "studio" })
    .WithActors((system, registry, resolver) => registry.Register<Archive>(system.ActorOf(resolver.Props<Archive>(folder), "archive"))));
await builder.Build().RunAsync();

/// <summary>Records two seconds of the test pattern, prints each blob, and stops the program when the recording ends.</summary>
internal sealed class Archive : ReceiveActor
{
    private static readonly RecorderId Camera = new("camera");

    public Archive(
        string folder, IRequiredActor<RecorderActors.Recorders> recorders, IRequiredActor<RecorderActors.Events> events,
        IHostApplicationLifetime lifetime)
    {
        var source = "test:?size=320x180";
        events.ActorRef.Tell(new EventsProtocol.Subscribe(Camera));
        Receive<EventsProtocol.Subscribed>(_ => recorders.ActorRef.Tell(
            new RecordersProtocol.Create(Camera, source, new RecorderOptions { MimeType = "video/mp4" }, new RecordingTarget(folder))));
        Receive<RecordersProtocol.Created>(_ => recorders.ActorRef.Tell(
            new RecorderProtocol.Start(Camera, Timeslice: TimeSpan.FromMilliseconds(500)) { Duration = TimeSpan.FromSeconds(2) }));
        Receive<RecorderProtocol.Refused>(refused =>
        {
            Console.Error.WriteLine(refused.Error.Message);
            lifetime.StopApplication();
        });
        Receive<RecorderProtocol.DataAvailable>(data =>
            Console.WriteLine($"blob {data.Data.Number}: {data.Data.Length} bytes at {data.Data.Offset} of {data.Data.Path}"));
        Receive<RecorderProtocol.Stopped>(_ => lifetime.StopApplication());
        ReceiveAny(_ => { });
    }
}
