using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Recording;
using Recorder.Actors.Registry;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using static Recorder.Actors.Registry.RegistryProtocol;
using static Recorder.Contracts.RecorderProtocol;
using static Recorder.Contracts.RecordersProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Registry;

/// <summary>A recorder that a node of a cluster holds for a while.</summary>
public sealed class SharedRecorderSpecs : TestKit, IAsyncLifetime, IHistoryFinder, ISharedDefinitions
{
    private static readonly RecorderId Cam = new("cam");
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-shared-").FullName;
    private readonly TestProbe _recorders;
    private SqlCatalogue _catalogue = null!;
    private DefinitionFiles _files = null!;
    private readonly ConcurrentQueue<RecorderDefinition> _persisted = new();
    private Exception? _failure;
    private Exception? _moved;

    public SharedRecorderSpecs() => _recorders = CreateTestProbe();

    private static RecorderDefinition Definition => new() { Id = Cam, Source = "rtsp://camera/1", Options = new RecorderOptions() };

    public async Task InitializeAsync()
    {
        _catalogue = await SqlCatalogue.OpenAsync(
            new SqliteDatabase(Path.Combine(_folder, "catalogue.db")), new CatalogueOptions(), NoCipher.Instance, default);
        _files = new DefinitionFiles(Path.Combine(_folder, "recordings"), NoCipher.Instance, LocalDisk.Instance, NullLogger.Instance);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _catalogue.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_command_to_a_recorder_that_another_node_has_meanwhile_says_so_that_its_new_node_is_asked()
    {
        var registry = Accept(Definition);
        _moved = new CatalogueUnavailableException("It is on another node.");

        registry.Tell(new RecorderProtocol.Stop(Cam), TestActor);

        ExpectMsg<Moved>().Recorder.ShouldBe(Cam);
        _recorders.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_recorder_is_handed_over_although_its_files_cannot_be_completed_now()
    {
        var registry = Accept(Definition);
        _failure = new CatalogueUnavailableException("The disk is full.");

        registry.Tell(new RegistryProtocol.HandOver(Cam), TestActor);
        _recorders.ExpectMsg<RecordersActor.HandOver>();
        _recorders.Reply(new RecordersActor.HandedOver([]));
        _recorders.ExpectMsg<RecordersActor.ReleaseSource>().Source.ShouldBe(Definition.Source);
        _recorders.Reply(new CaptureProtocol.Released());

        ExpectMsg<HandedOver>().History.ShouldBeNull("the next owner asks its own catalogue");
        registry.Tell(new List(), TestActor);
        ExpectMsg<Definitions>().Recorders.ShouldBeEmpty();
        _files.ReadAll().ShouldBeEmpty();
    }

    [Fact]
    public void A_command_to_a_recorder_that_is_being_handed_over_is_not_refused_but_sent_to_its_next_node()
    {
        var registry = Accept(Definition);
        registry.Tell(new RegistryProtocol.HandOver(Cam), TestActor);
        _recorders.ExpectMsg<RecordersActor.HandOver>();
        var handingOver = _recorders.LastSender;

        registry.Tell(new Mark(Cam, "now"), TestActor);
        AnswerStatusTo(registry, RecorderState.Inactive);
        handingOver.Tell(new RecordersActor.HandedOver([]), _recorders);
        _recorders.ExpectMsg<RecordersActor.ReleaseSource>();
        _recorders.Reply(new CaptureProtocol.Released());

        ExpectMsg<HandedOver>();
        ExpectMsg<Moved>();
    }

    [Fact]
    public void A_command_to_a_recorder_that_was_offered_waits_until_it_is_accepted()
    {
        var registry = MakeRegistry();
        registry.Tell(new Offer(Definition), TestActor);
        _recorders.ExpectMsg<Create>();
        _recorders.Reply(new Created(Cam));
        ExpectMsg<RegistryProtocol.Ready>();

        registry.Tell(new Mark(Cam, "now"), TestActor);
        AnswerStatusTo(registry, RecorderState.Inactive);
        registry.Tell(new Accept(Definition), TestActor);
        _recorders.ExpectMsg<RecordersActor.ToOne>().Message.ShouldBeOfType<RecorderControl.TakeOver>();
        var takingOver = _recorders.LastSender;
        AnswerStatusTo(registry, RecorderState.Inactive);
        takingOver.Tell(new Created(Cam), _recorders);

        ExpectMsg<RegistryProtocol.Ready>();
        _recorders.ExpectMsg<Mark>();
    }

    [Fact]
    public async Task A_source_that_another_node_changed_while_the_recorder_records_waits_for_the_end_and_is_not_reverted_by_commands()
    {
        var registry = Accept(Definition);
        Execute(registry, new Start(Cam), RecorderState.Recording);
        var changed = Definition with { Source = "rtsp://camera/2", Labels = new Dictionary<string, string> { ["site"] = "north" } };

        registry.Tell(new Follow(changed with { Desired = RecorderState.Recording }));
        AnswerStatus(RecorderState.Recording);
        Execute(registry, new Pause(Cam), RecorderState.Paused);

        var found = await FindAsync(registry);
        (found.Definition!.Source, found.Definition.Desired, found.IsChangePending).ShouldBe(("rtsp://camera/2", RecorderState.Paused, true));
        _files.ReadAll().ShouldHaveSingleItem().Source.ShouldBe("rtsp://camera/2");
        _persisted.ShouldAllBe(definition => definition.Desired == RecorderState.Recording || definition.Source == "rtsp://camera/2");

        Execute(registry, new Stop(Cam), RecorderState.Inactive);
        // Its files are not closed at once.
        AnswerStatus(RecorderState.Recording);
        AnswerStatus(RecorderState.Inactive);
        _recorders.ExpectMsg<Remove>();
        _recorders.Reply(new Removed(Cam));
        _recorders.ExpectMsg<Create>().Source.ShouldBe("rtsp://camera/2");
        _recorders.Reply(new Created(Cam));

        (await FindAsync(registry, it => !it.IsChangePending)).Definition!.Source.ShouldBe("rtsp://camera/2");
    }

    [Fact]
    public void A_start_after_the_stop_uses_what_was_changed_meanwhile()
    {
        var registry = Accept(Definition);
        Execute(registry, new Start(Cam), RecorderState.Recording);
        registry.Tell(new Follow(Definition with { Source = "rtsp://camera/2" }));
        AnswerStatus(RecorderState.Recording);
        Execute(registry, new Stop(Cam), RecorderState.Inactive);

        registry.Tell(new Start(Cam), TestActor);
        AnswerStatus(RecorderState.Recording);
        AnswerStatus(RecorderState.Inactive);
        _recorders.ExpectMsg<Remove>();
        _recorders.Reply(new Removed(Cam));
        _recorders.ExpectMsg<Create>().Source.ShouldBe("rtsp://camera/2");
        _recorders.Reply(new Created(Cam));

        _recorders.ExpectMsg<Start>();
        _recorders.Reply(new Accepted(Cam, RecorderState.Recording));
        ExpectMsg<Accepted>();
    }

    [Fact]
    public async Task Labels_that_another_node_changed_apply_at_once_and_a_change_that_is_taken_back_does_not_wait()
    {
        var registry = Accept(Definition);
        Execute(registry, new Start(Cam), RecorderState.Recording);
        registry.Tell(new Follow(Definition with { Source = "rtsp://camera/2" }));
        AnswerStatus(RecorderState.Recording);

        registry.Tell(new Follow(Definition with { Labels = new Dictionary<string, string> { ["site"] = "north" } }));

        var found = await FindAsync(registry, it => it.Definition!.Labels.Count > 0);
        (found.Definition!.Source, found.Definition.Labels["site"], found.Definition.Desired).ShouldBe(("rtsp://camera/1", "north", RecorderState.Recording));
        _persisted.Count.ShouldBe(1, "the start; what another node registered is not registered again");
    }

    Task<FoundHistory> IHistoryFinder.FindAsync(RecorderDefinition definition, CancellationToken cancellationToken) =>
        Task.FromResult(new FoundHistory(new RecorderHistory(0, 0), []));

    Task ISharedDefinitions.CheckOwnershipAsync(RecorderId recorder) => _moved is null ? Task.CompletedTask : Task.FromException(_moved);

    Task ISharedDefinitions.PersistAsync(RecorderDefinition definition)
    {
        _persisted.Enqueue(definition);
        return Task.CompletedTask;
    }

    Task ISharedDefinitions.RemoveAsync(RecorderId recorder) => Task.CompletedTask;

    Task<RecorderHistory> ISharedDefinitions.CompleteHandOverAsync(RecorderDefinition definition) =>
        _failure is null ? Task.FromResult(new RecorderHistory(0, 0)) : Task.FromException<RecorderHistory>(_failure);

    // Its state is told at once, and what was sent before it has not come.
    private void AnswerStatusTo(IActorRef registry, RecorderState state)
    {
        registry.Tell(new GetStatus(Cam), TestActor);
        AnswerStatus(state);
        ExpectMsg<Status>();
    }

    private IActorRef MakeRegistry()
    {
        var environment = new RegistryEnvironment(
            _recorders, CreateTestProbe(), _catalogue, _files, this, NullLogger.Instance, TimeSpan.FromMilliseconds(1))
        { Cluster = this };
        return Sys.ActorOf(RegistryActor.PropsFor(environment, []), "registry");
    }

    private IActorRef Accept(RecorderDefinition definition)
    {
        var registry = MakeRegistry();
        registry.Tell(new Accept(definition), TestActor);
        _recorders.ExpectMsg<Create>();
        _recorders.Reply(new Created(Cam));
        ExpectMsg<Ready>();
        return registry;
    }

    private void Execute(IActorRef registry, ICommand command, RecorderState state)
    {
        registry.Tell(command, TestActor);
        _recorders.ExpectMsg<ICommand>().GetType().ShouldBe(command.GetType());
        _recorders.Reply(new Accepted(Cam, state));
        ExpectMsg<Accepted>();
    }

    private void AnswerStatus(RecorderState state)
    {
        _recorders.ExpectMsg<GetStatus>();
        _recorders.Reply(new Status { Recorder = Cam, State = state, MimeType = "" });
    }

    // The registry hears of a change when it is stored.
    private async Task<Found> FindAsync(IActorRef registry, Func<Found, bool>? isExpected = null)
    {
        while (true)
        {
            var found = await registry.Ask<Found>(new Find(Cam), TimeSpan.FromSeconds(10));
            if (isExpected is null || isExpected(found))
                return found;

            await Task.Delay(20);
        }
    }
}
