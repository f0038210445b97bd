using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
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

namespace Recorder.Actors.Tests.Registry;

/// <summary>A recorder that a node of a cluster holds for a while.</summary>
public sealed class SharedRecorderSpecs : TestKit, IAsyncLifetime, IHistoryFinder, ISharedDefinitions
{
    private static readonly RecorderId Cam = new("cam");
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-shared-").FullName;
    private readonly TestProbe _recorders;
    private SqlCatalogue _catalogue = null!;
    private DefinitionFiles _files = null!;
    private Exception? _failure;

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
    public void A_recorder_is_handed_over_although_its_files_cannot_be_completed_now()
    {
        var registry = Accept(Definition);
        _failure = new CatalogueUnavailableException("The disk is full.");

        registry.Tell(new RegistryProtocol.HandOver(Cam), TestActor);
        _recorders.ExpectMsg<RecordersActor.HandOver>();
        _recorders.Reply(new RecordersActor.HandedOver([]));

        ExpectMsg<HandedOver>().History.ShouldBeNull("the next owner asks its own catalogue");
        registry.Tell(new List(), TestActor);
        ExpectMsg<Definitions>().Recorders.ShouldBeEmpty();
        _files.ReadAll().ShouldBeEmpty();
    }

    Task<FoundHistory> IHistoryFinder.FindAsync(RecorderDefinition definition, CancellationToken cancellationToken) =>
        Task.FromResult(new FoundHistory(new RecorderHistory(0, 0), []));

    Task ISharedDefinitions.CheckOwnershipAsync(RecorderId recorder) => Task.CompletedTask;

    Task ISharedDefinitions.PersistAsync(RecorderDefinition definition) => Task.CompletedTask;

    Task ISharedDefinitions.RemoveAsync(RecorderId recorder) => Task.CompletedTask;

    Task<RecorderHistory> ISharedDefinitions.CompleteHandOverAsync(RecorderDefinition definition) =>
        _failure is null ? Task.FromResult(new RecorderHistory(0, 0)) : Task.FromException<RecorderHistory>(_failure);

    private IActorRef Accept(RecorderDefinition definition)
    {
        var environment = new RegistryEnvironment(
            _recorders, CreateTestProbe(), _catalogue, _files, this, NullLogger.Instance, TimeSpan.FromMilliseconds(1)) { Cluster = this };
        var registry = Sys.ActorOf(RegistryActor.PropsFor(environment, []), "registry");
        registry.Tell(new Accept(definition), TestActor);
        _recorders.ExpectMsg<Create>();
        _recorders.Reply(new Created(Cam));
        ExpectMsg<Ready>();
        return registry;
    }
}
