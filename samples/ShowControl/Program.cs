// An Akka.Hosting program that controls four recorders on the nodes of a cluster and goes on while nodes die.
// Usage: ShowControl HOST:PORT… [--blobs N]   ends after N blobs; without it, with Ctrl+C. RECORDER_API_KEY has the API key.
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recorder.Client;
using Recorder.Contracts;

var end = Array.IndexOf(args, "--blobs");
var nodes = end < 0 ? args : args[..end];
var blobs = end < 0 ? int.MaxValue : int.Parse(args[end + 1], null);
var builder = Host.CreateApplicationBuilder();
builder.Services.AddAkka("show", (akka, services) => akka
    .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
    .WithRecorderClient(o =>
    {
        o.Join(nodes);
        o.ApiKey = Environment.GetEnvironmentVariable("RECORDER_API_KEY");
    })
    .WithActors((system, registry, resolver) => registry.Register<Show>(system.ActorOf(resolver.Props<Show>(blobs), "show"))));
await builder.Build().RunAsync();

/// <summary>Defines the recorders, starts them, and prints each blob.</summary>
internal sealed class Show : ReceiveActor
{
    private static readonly string[] Cameras = ["stage-left", "stage-right", "audience", "backstage"];

    private readonly IActorRef _recorders;
    private int _left;

    public Show(int blobs, IRequiredActor<Recorders> recorders, IHostApplicationLifetime lifetime)
    {
        _recorders = recorders.ActorRef;
        _left = blobs;
        var client = Context.System.GetRecorderHttpClient();
        ReceiveAsync<EventsProtocol.Subscribed>(async _ =>
        {
            foreach (var camera in Cameras)
            {
                var id = new RecorderId(camera);
                if (await client.FindAsync(id) is null)
                    await client.DefineAsync(Definition(id));

                _recorders.Tell(new RecorderProtocol.Start(id));
            }
        });
        Receive<EventReceived>(received =>
        {
            if (received.Event is RecorderProtocol.DataAvailable { Data: var blob } && _left > 0)
            {
                Console.WriteLine($"{received.Event.Recorder} blob {blob.Number}: {blob.Length} bytes, {blob.Duration.TotalSeconds:0.0} s");
                _left--;
            }

            // A program that continues after its own restart writes the position down first.
            _recorders.Tell(new SubscriptionProtocol.Acknowledged(received.Position));
            if (_left == 0)
                lifetime.StopApplication();
        });
        Receive<EventsLost>(lost => _recorders.Tell(new SubscriptionProtocol.Acknowledged(lost.Position)));
        Receive<RecorderProtocol.Refused>(refused => Console.Error.WriteLine($"{refused.Recorder}: {refused.Error.Message}"));
        Receive<Status.Failure>(failed =>
        {
            Console.Error.WriteLine(failed.Cause.Message);
            lifetime.StopApplication();
        });
        ReceiveAny(_ => { });
    }

    protected override void PreStart() => _recorders.Tell(new SubscriptionProtocol.SubscribeFrom());

    private static RecorderDefinition Definition(RecorderId id) => new()
    {
        Id = id,
        Source = "test:?size=320x180",
        Options = new RecorderOptions { MimeType = "video/mp4", ExtentDuration = TimeSpan.FromMinutes(10) },
        Timeslice = TimeSpan.FromSeconds(1),
    };
}
