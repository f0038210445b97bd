using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using static Recorder.Actors.Registry.RegistryProtocol;
using static Recorder.Contracts.RecorderProtocol;
using static Recorder.Contracts.RecordersProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Registry;

/// <summary>A registry whose recorders are played by the spec; its catalogue and files are real.</summary>
public sealed class RegistryActorSpecs : TestKit, IAsyncLifetime, IHistoryFinder
{
    private static readonly RecorderId Cam = new("cam");
    private static readonly RecordingId First = new("20260101T000000.000Z-1");
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-registry-").FullName;
    private readonly List<IEvent> _missing = [];
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly TestProbe _recorders;
    private readonly TestProbe _events;
    private SqlCatalogue _catalogue = null!;
    private DefinitionFiles _files = null!;

    public RegistryActorSpecs() => (_recorders, _events) = (CreateTestProbe(), CreateTestProbe());

    private static RecorderDefinition Definition => new()
    {
        Id = Cam,
        Source = "rtsp://camera/1",
        Options = new RecorderOptions { ExtentDuration = TimeSpan.FromMinutes(10) },
        Timeslice = TimeSpan.FromSeconds(2),
        Labels = new Dictionary<string, string> { ["site"] = "north" },
        Retention = new RetentionPolicy(TimeSpan.FromDays(30)),
    };

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
    public async Task A_definition_is_in_its_file_and_the_catalogue_before_the_answer()
    {
        var registry = Define(Definition);

        _files.ReadAll().ShouldHaveSingleItem().ShouldBeEquivalentTo(Definition);
        (await _catalogue.FindRecorderAsync(Cam, default)).ShouldBeEquivalentTo(Definition);
        registry.Tell(new List(), TestActor);
        ExpectMsg<Definitions>().Recorders.ShouldHaveSingleItem().Id.ShouldBe(Cam);
    }

    [Fact]
    public void A_command_changes_the_desired_state_before_the_answer()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        StoredDefinition().Desired.ShouldBe(RecorderState.Recording);
        Execute(registry, new Pause(Cam), RecorderState.Paused);
        StoredDefinition().Desired.ShouldBe(RecorderState.Paused);
        Execute(registry, new Resume(Cam));
        StoredDefinition().Desired.ShouldBe(RecorderState.Recording);
        Execute(registry, new Stop(Cam), RecorderState.Inactive);
        StoredDefinition().Desired.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void A_start_without_a_timeslice_uses_the_timeslice_of_the_definition()
    {
        var registry = Define(Definition);
        registry.Tell(new Start(Cam), TestActor);

        _recorders.ExpectMsg<Start>().Timeslice.ShouldBe(Definition.Timeslice);
    }

    [Fact]
    public void A_start_is_one_question_to_the_recorder()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));

        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void One_definition_is_found_by_its_id_and_a_command_to_an_unknown_recorder_says_so()
    {
        var registry = Define(Definition);
        registry.Tell(new Find(Cam), TestActor);
        ExpectMsg<Found>().Definition.ShouldBeEquivalentTo(Definition);
        registry.Tell(new Find(new RecorderId("other")), TestActor);
        ExpectMsg<Found>().Definition.ShouldBeNull();

        registry.Tell(new Start(new RecorderId("other")), TestActor);
        ExpectMsg<NotDefined>().Recorder.Value.ShouldBe("other");
    }

    [Fact]
    public void A_command_that_is_refused_changes_nothing()
    {
        var registry = Define(Definition);
        registry.Tell(new Pause(Cam), TestActor);
        _recorders.ExpectMsg<Pause>();
        _recorders.Reply(new Refused(Cam, RecorderState.Inactive, new MediaError(ErrorName.InvalidStateError, "No.")));

        ExpectMsg<Refused>().Error.Message.ShouldBe("No.");
        StoredDefinition().Desired.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void Other_commands_go_straight_to_the_recorder_also_while_one_is_carried_out()
    {
        var registry = Define(Definition);
        registry.Tell(new Start(Cam), TestActor);
        _recorders.ExpectMsg<Start>();
        registry.Tell(new Mark(Cam, "goal"), TestActor);

        _recorders.ExpectMsg<Mark>();
        _recorders.Sender.ShouldBe(TestActor);
    }

    [Theory]
    [InlineData(RecorderState.Recording)]
    [InlineData(RecorderState.Paused)]
    public void A_node_that_starts_creates_its_recorders_in_their_desired_state(RecorderState desired)
    {
        _missing.Add(new Paused(Cam, 41, default));
        CreateRegistry(Definition with { Desired = desired });

        _events.FishForMessage(message => message is Paused).ShouldBe(_missing[0]);
        var create = ExpectCreate();
        create.History.ShouldBe(new RecorderHistory(41, 3));
        create.Target.Folder.ShouldBe(_files.Folder);
        _recorders.ExpectMsg<Start>().Timeslice.ShouldBe(Definition.Timeslice);
        _recorders.Reply(new Accepted(Cam, RecorderState.Recording));
        if (desired == RecorderState.Paused)
            _recorders.ExpectMsg<Pause>();
    }

    // A recorder of the same id may just have ended: event numbers continue after its last event.
    [Fact]
    public void The_history_of_a_recorder_is_found_after_the_catalogue_is_flushed()
    {
        CreateRegistry(Definition);

        ExpectCreate();

        _calls.ShouldBe(["flush", "find"]);
    }

    // After a timeout the recorder may exist, with an outdated history.
    [Fact]
    public void A_recorder_that_could_not_be_created_is_removed_before_it_is_created_again()
    {
        CreateRegistry(Definition);
        _recorders.ExpectMsg<Create>();
        _recorders.Reply(new Refused(Cam, RecorderState.Unknown, new MediaError(ErrorName.UnknownError, "No answer.")));
        _recorders.ExpectMsg<Remove>().Recorder.ShouldBe(Cam);
        _missing.Add(new Paused(Cam, 42, default));
        _recorders.Reply(new Removed(Cam));

        ExpectCreate();
        _events.FishForMessage(message => message is Paused).ShouldBe(_missing[0]);
    }

    [Theory]
    [InlineData(StopReason.Failed)]
    [InlineData(StopReason.SourceLost)]
    public void A_recorder_that_failed_or_lost_its_source_is_started_again(StopReason reason)
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        Raise(new Stopped(Cam, 9, default, First, reason));

        _recorders.ExpectMsg<Start>().Timeslice.ShouldBe(Definition.Timeslice);
        StoredDefinition().Desired.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public void A_recorder_whose_source_has_changed_is_started_again_at_once()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        Raise(new Stopped(Cam, 9, default, First, StopReason.Failed) { Duration = TimeSpan.FromSeconds(1), SourceHasChanged = true });

        _recorders.ExpectMsg<Start>().Timeslice.ShouldBe(Definition.Timeslice);
    }

    [Fact]
    public void The_desired_state_of_a_recorder_whose_source_ended_is_inactive()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        Raise(new Stopped(Cam, 9, default, First, StopReason.SourceEnded));

        AwaitAssert(() => StoredDefinition().Desired.ShouldBe(RecorderState.Inactive));
        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void The_late_stop_of_an_earlier_recording_does_not_affect_the_present_one()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        Raise(new Stopped(Cam, 9, default, new RecordingId("20250101T000000.000Z-1"), StopReason.Requested));
        Execute(registry, new Resume(Cam));

        StoredDefinition().Desired.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public void A_node_that_ends_starts_nothing_again()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        registry.Tell(new End(), TestActor);
        ExpectMsg<Definitions>();
        Raise(new Stopped(Cam, 9, default, First, StopReason.Failed));

        _recorders.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        StoredDefinition().Desired.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public void Labels_and_retention_change_while_it_records_and_its_options_do_not()
    {
        var registry = Define(Definition);
        Execute(registry, new Start(Cam));
        var changed = Definition with { Labels = new Dictionary<string, string>(), Retention = new RetentionPolicy(MaxBytes: 5) };
        registry.Tell(new Change(changed), TestActor);
        ExpectMsg<Defined>().Definition.Retention.MaxBytes.ShouldBe(5);
        StoredDefinition().ShouldBeEquivalentTo(changed with { Desired = RecorderState.Recording });

        registry.Tell(new Change(changed with { Source = "rtsp://camera/2" }), TestActor);
        _recorders.ExpectMsg<GetStatus>();
        _recorders.Reply(StatusOf(RecorderState.Recording));
        var refused = ExpectMsg<Refused>();
        (refused.Error.Name, refused.State).ShouldBe((ErrorName.InvalidStateError, RecorderState.Recording));
        StoredDefinition().Source.ShouldBe(Definition.Source);
    }

    [Fact]
    public void An_inactive_recorder_is_created_again_when_its_options_change()
    {
        var registry = Define(Definition);
        registry.Tell(new Change(Definition with { Source = "rtsp://camera/2" }), TestActor);
        _recorders.ExpectMsg<GetStatus>();
        _recorders.Reply(StatusOf(RecorderState.Inactive));
        _recorders.ExpectMsg<Remove>();
        _recorders.Reply(new Removed(Cam));

        ExpectCreate().Source.ShouldBe("rtsp://camera/2");
        ExpectMsg<Defined>();
        StoredDefinition().Source.ShouldBe("rtsp://camera/2");
    }

    [Fact]
    public async Task A_recorder_is_deleted_when_its_files_are_closed()
    {
        var registry = Define(Definition);
        registry.Tell(new Delete(Cam), TestActor);
        _recorders.ExpectMsg<Remove>();
        _files.ReadAll().ShouldHaveSingleItem();
        _recorders.Reply(new Removed(Cam));

        ExpectMsg<Deleted>();
        _files.ReadAll().ShouldBeEmpty();
        (await _catalogue.ListRecordersAsync(default)).ShouldBeEmpty();
        registry.Tell(new Define(Definition), TestActor);
        ExpectCreate();
        ExpectMsg<Defined>();
    }

    [Fact]
    public void An_invalid_definition_is_refused_with_the_allowed_values()
    {
        var registry = CreateRegistry();
        Refusal(Definition with { Source = "" }).ShouldContain("No source was given");
        Refusal(Definition with { Options = new RecorderOptions { MimeType = "video/none" } }).ShouldContain("video/none");
        Refusal(Definition with { Timeslice = TimeSpan.FromSeconds(-1) }).ShouldContain("Timeslice is -00:00:01");
        Refusal(Definition with { Retention = new RetentionPolicy(TimeSpan.Zero) }).ShouldContain("Retention.MaxAge is 00:00:00");
        Refusal(Definition with { Labels = new Dictionary<string, string> { ["a/b"] = "" } }).ShouldContain("'a/b' is not a valid label name");
        Refusal(Definition with { Labels = new Dictionary<string, string> { ["a"] = new('x', 201) } }).ShouldContain("label a is longer");
        Refusal(Definition with { Desired = (RecorderState)9 }).ShouldContain("Desired is 9");
        _files.ReadAll().ShouldBeEmpty();

        string Refusal(RecorderDefinition wrong)
        {
            registry.Tell(new Define(wrong), TestActor);
            return ExpectMsg<Refused>().Error.Message;
        }
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var registry = Define(Definition);
        registry.Tell(new Define(Definition), TestActor);

        ExpectMsg<Refused>().Error.Name.ShouldBe(ErrorName.InvalidStateError);
    }

    [Fact]
    public void A_recorder_whose_definition_cannot_be_stored_is_refused()
    {
        Directory.CreateDirectory(_files.Folder);
        File.WriteAllText(Path.Combine(_files.Folder, "cam"), "a file where the recorder's folder would be");
        var registry = CreateRegistry();
        registry.Tell(new Define(Definition), TestActor);

        ExpectMsg<Refused>().Error.Message.ShouldContain("cannot be stored");
        registry.Tell(new List(), TestActor);
        ExpectMsg<Definitions>().Recorders.ShouldBeEmpty();
    }

    [Fact]
    public void A_definition_that_cannot_be_read_does_not_prevent_others_from_starting()
    {
        _files.Write(Definition);
        _files.Write(Definition with { Id = new RecorderId("other") });
        File.WriteAllText(Path.Combine(_files.Folder, "cam", "recorder.json"), "{");

        _files.ReadAll().ShouldHaveSingleItem().Id.Value.ShouldBe("other");
    }

    Task<FoundHistory> IHistoryFinder.FindAsync(RecorderDefinition definition, CancellationToken cancellationToken)
    {
        _calls.Enqueue("find");
        return Task.FromResult(new FoundHistory(new RecorderHistory(41, 3), _missing));
    }

    private static Status StatusOf(RecorderState state) => new() { Recorder = Cam, State = state, MimeType = "", Recording = First };

    private RecorderDefinition StoredDefinition() => _files.ReadAll().ShouldHaveSingleItem();

    private Create ExpectCreate()
    {
        var create = _recorders.ExpectMsg<Create>();
        _recorders.Reply(new Created(Cam));
        return create;
    }

    private IActorRef CreateRegistry(params RecorderDefinition[] definitions)
    {
        var environment = new RegistryEnvironment(
            _recorders, _events, _catalogue, _files, this, NullLogger.Instance, TimeSpan.FromMilliseconds(1))
        {
            Flush = () =>
            {
                _calls.Enqueue("flush");
                return Task.CompletedTask;
            },
        };
        return Sys.ActorOf(RegistryActor.PropsFor(environment, definitions), "registry");
    }

    private IActorRef Define(RecorderDefinition definition)
    {
        var registry = CreateRegistry();
        registry.Tell(new Define(definition), TestActor);
        ExpectCreate();
        ExpectMsg<Defined>();
        return registry;
    }

    private void Execute(IActorRef registry, ICommand command, RecorderState state = RecorderState.Recording)
    {
        registry.Tell(command, TestActor);
        _recorders.ExpectMsg<ICommand>().GetType().ShouldBe(command.GetType());
        _recorders.Reply(new Accepted(Cam, state) { Recording = First });
        ExpectMsg<Accepted>().Recording.ShouldBe(First);
    }

    // The subscription tells which actor manages the recorder.
    private void Raise(IEvent raised)
    {
        _events.FishForMessage(message => message is EventsProtocol.Subscribe);
        _events.Reply(raised);
    }
}
