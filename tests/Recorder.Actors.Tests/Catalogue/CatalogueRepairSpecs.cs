using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Registry;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Catalogue;

/// <summary>A damaged, lost or wrong catalogue, and the folders of recordings that a node made of real media.</summary>
public sealed class CatalogueRepairSpecs : IAsyncLifetime
{
    private static readonly RecorderId Cam = new("cam");
    private static readonly RecorderId Old = new("old");
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-repair-").FullName;
    private readonly List<RecordingRow> _before = [];
    private long _last;

    private string File => Path.Combine(_folder, "catalogue.db");

    public async Task InitializeAsync()
    {
        await using var node = await StartAsync();
        foreach (var id in new[] { Cam, Old })
        {
            await node.Registry.Ask<RegistryProtocol.Defined>(new RegistryProtocol.Define(new RecorderDefinition
            {
                Id = id,
                Source = "test:?size=64x48&pace=fast&duration=3s",
                Options = new RecorderOptions { ExtentDuration = TimeSpan.FromSeconds(1), VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(1) },
            }));
            await node.Registry.Ask<Accepted>(new Start(id, TimeSpan.FromMilliseconds(500)));
        }

        await Until(async () => (await ListAsync(node)).Count(row => row.EndedAt is not null) == 2);
        await node.Registry.Ask<RegistryProtocol.Deleted>(new RegistryProtocol.Delete(Old));
        _before.AddRange(await ListAsync(node));
        await node.Catalogue.SetHoldAsync(_before[0].Key, held: true, default);
        await node.FlushAsync();
        _last = await node.Catalogue.LastEventAsync(default);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_catalogue_left_by_a_node_is_consistent_and_not_changed()
    {
        CatalogueCheck.Run(_folder).IsWell.ShouldBeTrue();
        (await RepairAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_catalogue_is_set_aside_and_rebuilt_from_the_folders()
    {
        await System.IO.File.WriteAllBytesAsync(File, [.. Enumerable.Repeat((byte)7, 5000)]);
        CatalogueCheck.Run(_folder).Unusable.ShouldNotBeNull();

        var done = await RepairAsync();

        done[0].ShouldEndWith("the file is kept as catalogue.db.bad-1");
        System.IO.File.Exists(File + ".bad-1").ShouldBeTrue();
        CatalogueCheck.Run(_folder).IsWell.ShouldBeTrue();
        await using var node = await StartAsync();
        await AsBeforeAsync(node);
        (await node.Catalogue.ListRecordersAsync(default)).ShouldHaveSingleItem().Id.ShouldBe(Cam);
    }

    [Fact]
    public async Task A_lost_catalogue_is_rebuilt_and_no_number_is_used_twice()
    {
        Lose();
        CatalogueCheck.Run(_folder).Unusable.ShouldBe("catalogue.db is missing");

        await RepairAsync();

        await using var node = await StartAsync();
        await AsBeforeAsync(node);
        await Should.ThrowAsync<JournalTruncatedException>(() => node.Catalogue.ReadEventsAsync(_last - 1, null, 10, default));
        await node.Registry.Ask<Accepted>(new Start(Cam, null));
        await Until(async () => (await node.Catalogue.ReadEventsAsync(_last, null, 1000, default)).Any(entry => entry.Event is Stopped));
        (await node.Catalogue.ReadEventsAsync(_last, null, 1000, default)).ShouldAllBe(entry => entry.Number > _last && entry.Event.Sequence > _last);
    }

    [Fact]
    public async Task A_node_rebuilds_a_lost_catalogue_even_for_removed_recorders()
    {
        Lose();

        await using var node = await StartAsync();

        await Until(async () => (await ListAsync(node)).Count(row => row.EndedAt is not null) == 2);
        await AsBeforeAsync(node);
    }

    [Fact]
    public async Task Wrong_recordings_are_replaced_and_the_journal_and_holds_stay()
    {
        var (first, second) = (_before[0], _before[1]);
        System.IO.File.Delete(Path.Combine(FolderOf(first.Key), "000001.mp4"));
        Directory.Delete(FolderOf(second.Key), recursive: true);
        CatalogueCheck.Run(_folder).Wrong.Select(it => it.Problem).ShouldBe(
            ["its extent 000001.mp4 is gone, but the catalogue still lists it", "its folder is gone, but the catalogue still lists it"], ignoreOrder: true);

        (await RepairAsync()).Count.ShouldBe(2);

        CatalogueCheck.Run(_folder).IsWell.ShouldBeTrue();
        await using var node = await StartAsync();
        var row = (await ListAsync(node)).ShouldHaveSingleItem();
        (row.Key, row.IsHeld).ShouldBe((first.Key, true));
        (await node.Catalogue.ListExtentsAsync(first.Key, null, null, default)).Select(extent => Path.GetFileName(extent.Path)).ShouldBe(
            Directory.GetFiles(FolderOf(first.Key), "0*.mp4").Order().Select(Path.GetFileName));
        (await node.Catalogue.LastEventAsync(default)).ShouldBe(_last);
    }

    [Fact]
    public async Task Recordings_without_media_are_not_listed_and_are_no_problem()
    {
        await using (var node = await StartAsync())
        {
            await node.Registry.Ask<RegistryProtocol.Defined>(new RegistryProtocol.Define(new RecorderDefinition
            {
                Id = new RecorderId("off"),
                Source = "rtsp://127.0.0.1:1/x",
                Options = new RecorderOptions(),
            }));
            var last = await node.Catalogue.LastEventAsync(default);
            await node.Registry.Ask<Accepted>(new Start(new RecorderId("off"), null));
            await node.Registry.Ask<Accepted>(new Stop(new RecorderId("off")));
            await Until(async () => (await node.Catalogue.ReadEventsAsync(last, null, 100, default)).Any(entry => entry.Event is Stopped));

            (await node.Catalogue.ReadEventsAsync(last, null, 100, default)).Select(entry => entry.Event).Where(raised => raised is not SourceChanged)
                .Select(raised => raised.GetType()).ShouldBe([typeof(Started), typeof(DataAvailable), typeof(Stopped)]);
            (await ListAsync(node)).Select(row => row.Key).ShouldBe(_before.Select(row => row.Key));
        }

        CatalogueCheck.Run(_folder).IsWell.ShouldBeTrue();
        Directory.GetDirectories(Path.Combine(_folder, "recordings", "off")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_catalogue_in_use_by_a_node_is_not_touched()
    {
        await using var node = await StartAsync();
        Directory.Delete(FolderOf(_before[1].Key), recursive: true);

        (await Should.ThrowAsync<IOException>(RepairAsync)).Message.ShouldContain("used by another node");
    }

    [Fact]
    public async Task Open_recordings_of_removed_recorders_are_completed_at_the_next_start()
    {
        var gone = _before.Single(row => row.Key.Recorder == Old).Key;
        var description = Path.Combine(FolderOf(gone), "recording.json");
        var open = (await System.IO.File.ReadAllLinesAsync(description)).Where(line => !line.Contains("stopReason", StringComparison.Ordinal));
        await System.IO.File.WriteAllLinesAsync(description, open);
        Lose();

        await using var node = await StartAsync();

        await Until(async () => (await node.Catalogue.FindRecordingAsync(gone, default))?.StopReason == StopReason.Crashed);
    }

    private Task<IReadOnlyList<string>> RepairAsync() => CatalogueRepair.RunAsync(_folder, TimeProvider.System, default);

    private async Task AsBeforeAsync(NodeRuntime node)
    {
        foreach (var (row, old) in (await ListAsync(node)).Zip(_before))
        {
            // The description has the time of its creation, the event that of the first media.
            (old.StartedAt - row.StartedAt).ShouldBeInRange(TimeSpan.FromMilliseconds(-1), TimeSpan.FromSeconds(5));
            (row.EndedAt!.Value - old.EndedAt!.Value).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(5));
            row.ShouldBe(old with { StartedAt = row.StartedAt, EndedAt = row.EndedAt, DurableThrough = row.DurableThrough });
            (await node.Catalogue.ListExtentsAsync(row.Key, null, null, default)).Select(extent => extent.Bytes).ShouldBe(
                Directory.GetFiles(FolderOf(row.Key), "0*.mp4").Order().Select(path => new FileInfo(path).Length));
        }
    }

    private void Lose()
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
            System.IO.File.Delete(File + suffix);
    }

    private string FolderOf(RecordingKey key) => Path.Combine(_folder, "recordings", key.Recorder.Value, key.Recording.Value);

    private static Task<IReadOnlyList<RecordingRow>> ListAsync(NodeRuntime node) => node.Catalogue.ListRecordingsAsync(new RecordingQuery(), default);

    private Task<NodeRuntime> StartAsync() => NodeRuntime.StartAsync(new NodeRuntimeOptions { DataFolder = _folder });

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
            await Task.Delay(5, limit.Token);
    }
}
