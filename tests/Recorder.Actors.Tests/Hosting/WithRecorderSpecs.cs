using System.Diagnostics;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Hosting;

/// <summary>Recorders in a program's own Akka.Hosting system, with real media.</summary>
public sealed class WithRecorderSpecs : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recorder-hosting-");
    private readonly RecordingLoggers _loggers = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_actor_of_the_program_gets_each_blob_of_a_recorder_in_its_system()
    {
        using var host = await StartAsync(akka => akka.WithRecorder());
        var stopped = new TaskCompletionSource<IReadOnlyList<IEvent>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var system = host.Services.GetRequiredService<ActorSystem>();
        var subscriber = system.ActorOf(Props.Create(() => new Subscriber(stopped)), "subscriber");
        Ref<RecorderActors.Events>(host).Tell(new EventsProtocol.Subscribe(), subscriber);

        await RecordAsync(host, "hall", TimeSpan.FromSeconds(1));

        var events = await stopped.Task.WaitAsync(Patience);
        events.First(raised => raised is not SourceChanged).ShouldBeOfType<Started>();
        events.OfType<DataAvailable>().ShouldNotBeEmpty();
        events.OfType<DataAvailable>().ShouldAllBe(data => File.Exists(data.Data.Path));
        Ref<RecorderActors.Recorders>(host).Path.ToStringWithoutAddress().ShouldBe("/user/recorders");
        Ref<RecorderActors.Sources>(host).Path.ToStringWithoutAddress().ShouldBe("/user/sources");
        await host.StopAsync();
    }

    [Fact]
    public async Task The_end_of_the_host_stops_recorders_and_completes_their_files()
    {
        using var host = await StartAsync(akka => akka.WithRecorder());
        var stopped = new TaskCompletionSource<IReadOnlyList<IEvent>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscriber = host.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create(() => new Subscriber(stopped)));
        await subscriber.Ask<bool>(Ref<RecorderActors.Events>(host), Patience);
        await RecordAsync(host, "hall", duration: null);
        await subscriber.Ask<bool>(Subscriber.WhenStarted.Instance, Patience);

        await host.StopAsync();

        (await stopped.Task.WaitAsync(Patience))[^1].ShouldBeOfType<Stopped>();
        var files = Directory.GetFiles(_folder.FullName, "recording.json", SearchOption.AllDirectories);
        (await File.ReadAllTextAsync(files.ShouldHaveSingleItem())).ShouldContain("\"endedAt\"");
    }

    [Fact]
    public async Task The_facade_works_over_the_recorders_of_a_hosted_system()
    {
        using var host = await StartAsync(akka => akka.WithRecorder());
        var runtime = RecorderRuntime.Of(host.Services.GetRequiredService<ActorSystem>());
        var recorder = await MediaRecorder.CreateAsync(runtime, "test:?pace=fast&size=160x90", target: new RecordingTarget(_folder.FullName));

        await recorder.Start(duration: TimeSpan.FromSeconds(1));
        var blobs = new List<Blob>();
        await foreach (var blob in recorder.Blobs())
            blobs.Add(blob);

        blobs.ShouldNotBeEmpty();
        await host.StopAsync();
        (await Should.ThrowAsync<ObjectDisposedException>(() => MediaRecorder.CreateAsync(runtime, "test:"))).Message.ShouldContain("shut down");
    }

    [Fact]
    public async Task The_health_check_is_healthy_while_recorders_answer_and_unhealthy_once_they_were_stopped()
    {
        using var host = await StartAsync(akka => akka.WithRecorder(), services => services.AddHealthChecks());
        var health = host.Services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync()).Entries[RecorderHosting.HealthCheckName].Status.ShouldBe(HealthStatus.Healthy);

        await RecorderRuntime.Of(host.Services.GetRequiredService<ActorSystem>()).DisposeAsync();

        (await health.CheckHealthAsync()).Entries[RecorderHosting.HealthCheckName].Status.ShouldBe(HealthStatus.Unhealthy);
        await host.StopAsync();
        (await health.CheckHealthAsync()).Entries[RecorderHosting.HealthCheckName].Description!.ShouldContain("'studio' has ended");
    }

    [Fact]
    public async Task Logs_go_to_the_hosts_logger_factory_and_carry_the_trace_that_the_actor_was_in()
    {
        using var host = await StartAsync(akka => akka.ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory()).WithRecorder());
        var tracing = host.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create(() => new Tracing()));

        var trace = await tracing.Ask<string>("log", Patience);

        var line = await _loggers.FirstAsync(it => it.Text.Contains("in a trace", StringComparison.Ordinal));
        line.State.ShouldBeAssignableTo<IEnumerable<KeyValuePair<string, object?>>>()!
            .ShouldContain(value => value.Key == "Akka.TraceId" && value.Value!.ToString() == trace);
    }

    public static TheoryData<RecorderRuntimeOptions, string> OptionsOutOfRange => new()
    {
        { new RecorderRuntimeOptions { Node = " " }, "Node is empty" },
        { new RecorderRuntimeOptions { ShutdownTimeout = TimeSpan.Zero }, "ShutdownTimeout is 0 s" },
        { new RecorderRuntimeOptions { ShutdownTimeout = TimeSpan.FromDays(25) }, "at most 2073600 s" },
        { new RecorderRuntimeOptions { Capture = null! }, "Capture is null" },
        { new RecorderRuntimeOptions { Capture = new() { Grid = TimeSpan.Zero } }, "Capture.Grid is 0 s" },
        { new RecorderRuntimeOptions { Capture = new() { NetworkOpens = 0 } }, "Capture.NetworkOpens is 0; it must be at least 1" },
        { new RecorderRuntimeOptions { Capture = new() { FirstRetry = TimeSpan.FromSeconds(-1) } }, "Capture.FirstRetry is -1 s" },
    };

    [Theory]
    [MemberData(nameof(OptionsOutOfRange))]
    public async Task Options_out_of_range_end_the_start_with_a_sentence_that_names_them(RecorderRuntimeOptions options, string sentence)
    {
        (await Should.ThrowAsync<ArgumentException>(() => StartAsync(akka => akka.WithRecorder(options)))).Message.ShouldContain(sentence);
        Should.Throw<ArgumentException>(() => RecorderRuntime.Start(options)).Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task Recorders_are_added_to_a_system_once() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(akka => akka.WithRecorder().WithRecorder())))
            .Message.ShouldContain("The actor system 'studio' already has recorders");

    [Fact]
    public async Task A_program_that_has_an_actor_of_one_of_the_names_is_told_which_and_keeps_it()
    {
        IActorRef? own = null;
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(akka => akka
            .WithActors((system, _) => own = system.ActorOf(Props.Create(() => new Tracing()), "sources"))
            .WithRecorder()));

        refused.Message.ShouldContain("'studio' has an actor of its own");
        refused.Message.ShouldContain("sources");
        own.ShouldNotBeNull();
    }

    [Fact]
    public async Task Recorders_cannot_be_added_to_a_terminating_system()
    {
        var system = ActorSystem.Create("ending", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        var ended = system.Terminate();

        Should.Throw<InvalidOperationException>(() => RecorderRuntime.StartIn(system)).Message.ShouldContain("The actor system 'ending' is terminating");
        await ended;
        Should.Throw<InvalidOperationException>(() => RecorderRuntime.StartIn(system));
    }

    [Fact]
    public async Task A_plain_actor_system_records_ends_its_recorders_and_outlives_them()
    {
        var system = ActorSystem.Create("plain", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        await using (var runtime = RecorderRuntime.StartIn(system, new RecorderRuntimeOptions { ShutdownTimeout = TimeSpan.FromSeconds(20) }))
        {
            CoordinatedShutdown.Get(system).Timeout(CoordinatedShutdown.PhaseServiceStop).ShouldBeGreaterThan(TimeSpan.FromSeconds(20));
            system.Dispatchers.HasDispatcher("recorder.file-sources").ShouldBeTrue();
            var recorder = await MediaRecorder.CreateAsync(runtime, "test:?pace=fast&size=160x90", target: new RecordingTarget(_folder.FullName));
            await recorder.Start(duration: TimeSpan.FromSeconds(1));
            await foreach (var blob in recorder.Blobs())
                File.Exists(blob.Path).ShouldBeTrue();
        }

        system.WhenTerminated.IsCompleted.ShouldBeFalse();
        await system.Terminate();
        await system.WhenTerminated;
    }

    [Fact]
    public async Task A_runtime_whose_system_has_ended_is_disposed_of_at_once()
    {
        var system = ActorSystem.Create("ended", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.coordinated-shutdown.run-by-actor-system-terminate = off");
        var runtime = RecorderRuntime.StartIn(system, new RecorderRuntimeOptions { ShutdownTimeout = TimeSpan.FromMinutes(10) });
        await system.Terminate();

        await runtime.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public void A_system_without_recorders_says_how_to_add_them()
    {
        using var system = ActorSystem.Create("plain", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");

        Should.Throw<InvalidOperationException>(() => RecorderRuntime.Of(system)).Message.ShouldContain("WithRecorder()");
    }

    private async Task<IHost> StartAsync(Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(_loggers));
        services?.Invoke(builder.Services);
        builder.Services.AddAkka("studio", (akka, _) => configure(akka
            .AddHocon("akka.stdout-loglevel = OFF\nakka.loggers = []", HoconAddMode.Append)));
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private async Task RecordAsync(IHost host, string name, TimeSpan? duration)
    {
        var (recorders, id) = (Ref<RecorderActors.Recorders>(host), new RecorderId(name));
        await recorders.Ask<RecordersProtocol.Created>(
            new RecordersProtocol.Create(id, "test:?size=160x90", new RecorderOptions(), new RecordingTarget(_folder.FullName)), Patience);
        await recorders.Ask<Accepted>(new Start(id, TimeSpan.FromMilliseconds(500)) { Duration = duration }, Patience);
    }

    private static IActorRef Ref<TKey>(IHost host) => host.Services.GetRequiredService<IRequiredActor<TKey>>().ActorRef;

    private sealed class Subscriber : ReceiveActor
    {
        private readonly List<IEvent> _events = [];
        private IActorRef? _waiting;

        public Subscriber(TaskCompletionSource<IReadOnlyList<IEvent>> stopped)
        {
            IActorRef? asker = null;
            Receive<IActorRef>(events =>
            {
                asker = Sender;
                events.Tell(new EventsProtocol.Subscribe());
            });
            Receive<EventsProtocol.Subscribed>(_ => asker?.Tell(true));
            Receive<WhenStarted>(_ =>
            {
                _waiting = Sender;
                Answer();
            });
            Receive<IEvent>(raised =>
            {
                _events.Add(raised);
                Answer();
                if (raised is Stopped)
                    stopped.TrySetResult([.. _events]);
            });
        }

        private void Answer()
        {
            if (_events.Exists(raised => raised is Started))
            {
                _waiting?.Tell(true);
                _waiting = null;
            }
        }

        public sealed record WhenStarted
        {
            public static readonly WhenStarted Instance = new();
        }
    }

    private sealed class Tracing : ReceiveActor
    {
        public Tracing() => ReceiveAny(_ =>
        {
            using var activity = new Activity("spec").Start();
            Context.GetLogger().Warning("in a trace");
            Sender.Tell(activity.TraceId.ToString());
        });
    }
}
