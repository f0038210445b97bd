using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Secrets;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Cluster.Tests.Index.CamEvents;

namespace Recorder.Cluster.Tests.Index;

/// <summary>A recording that a holder left open, and that nobody goes on with.</summary>
public sealed class AbandonedRecordingsSpecs : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly SpecClock _clock = new();
    private readonly ClusterView _view;
    private IndexedNode _node = null!;
    private NodeStore _store = null!;
    private RecorderRegistry _registry = null!;
    private AbandonedRecordings _abandoned = null!;

    public AbandonedRecordingsSpecs() => _view = new ClusterView("a", _clock);

    public async Task InitializeAsync()
    {
        _node = await IndexedNode.OpenAsync("a", _folder.File("a"));
        _store = NodeStore.Open(_folder.File("a"));
        _registry = new RecorderRegistry("a", _store, NoCipher.Instance);
        _abandoned = new AbandonedRecordings(_node.Index, _registry, _view, NullLogger.Instance, _clock);
        await _node.RaiseAsync([Started(1_000_001), .. Blobs(1_000_002, 1, 20, epoch: 1)]);
        await _node.FollowAsync();
    }

    public async Task DisposeAsync()
    {
        _store.Dispose();
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(RecorderState.Inactive)]
    [InlineData(null)]
    public async Task It_ends_where_its_media_ends_when_its_recorder_is_inactive_or_gone(RecorderState? desired)
    {
        Define(desired);
        await LookAsync();
        (await FindAsync()).ShouldBe((null, null), "a stop event may be under way");

        await LookAsync();

        (await FindAsync()).ShouldBe((T0.AddSeconds(20), StopReason.Crashed));
        // A journal that arrives later opens it, for a while.
        await _node.RaiseAsync(Blobs(1_000_022, 21, 5, epoch: 1));
        await _node.FollowAsync();
        await LookAsync();
        await LookAsync();
        (await FindAsync()).ShouldBe((T0.AddSeconds(25), StopReason.Crashed));
    }

    [Theory]
    [InlineData(RecorderState.Recording)]
    [InlineData(RecorderState.Paused)]
    public async Task It_stays_open_while_its_recorder_is_to_record(RecorderState desired)
    {
        Define(desired);

        await LookAsync();
        await LookAsync();

        (await FindAsync()).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("another node records it")]
    [InlineData("another node lives in another formation")]
    [InlineData("it goes on")]
    public async Task It_stays_open_while_somebody_may_record_it(string because)
    {
        Define(RecorderState.Inactive);
        await LookAsync();
        if (because == "another node records it")
            _view.Hear(Cards.Of("b"), [new HeldRecorder(Cam, new HolderReport(new Tenure(2, "b", new StartId(1)), IsConfirmed: true, IsStoring: true))]);
        else if (because == "another node lives in another formation")
            _view.See(Cards.Of("b"));
        else
            await _node.RaiseAsync(Blobs(1_000_022, 21, 1, epoch: 1));

        await _node.FollowAsync();
        await LookAsync();

        (await FindAsync()).ShouldBe((null, null));
    }

    private Task LookAsync() => _abandoned.EndThemAsync(default);

    private void Define(RecorderState? desired)
    {
        if (desired is { } state)
            _registry.TryAdd(new RecorderDefinition { Id = Cam, Source = "rtsp://camera/", Options = new RecorderOptions(), Desired = state });
    }

    private async Task<(DateTimeOffset? EndedAt, StopReason? Reason)> FindAsync() =>
        (await _node.Shared.FindRecordingAsync(Key, default)) is { } row ? (row.EndedAt, row.StopReason) : throw new InvalidOperationException("It is gone.");
}
