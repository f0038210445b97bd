using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Registry;

/// <summary>A whole node except for HTTP, with real media, files and catalogue.</summary>
public sealed class NodeRuntimeSpecs : IAsyncLifetime
{
    private static readonly RecorderId Cam = new("cam");
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-node-").FullName;
    private NodeRuntime? _node;

    private NodeRuntime Node => _node!;

    public async Task InitializeAsync() => _node = await StartAsync();

    public async Task DisposeAsync()
    {
        await (_node?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_recording_is_in_the_catalogue_with_its_extents_and_events()
    {
        await DefineAsync("test:?size=64x48&pace=fast&duration=2s");
        await AskAsync<Accepted>(new Start(Cam, TimeSpan.FromSeconds(1)));
        await EventAsync<Stopped>();

        var recording = (await Node.Catalogue.ListRecordingsAsync(new RecordingQuery(), default)).ShouldHaveSingleItem();
        (recording.StopReason, recording.Duration.TotalSeconds).ShouldBe((StopReason.SourceEnded, 2));
        var extents = await Node.Catalogue.ListExtentsAsync(recording.Key, null, null, default);
        extents.Sum(extent => new FileInfo(extent.Path).Length).ShouldBe(recording.Bytes);
        var events = await Node.Catalogue.ReadEventsAsync(0, Cam, 1000, default);
        events.Select(entry => entry.Event.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
    }

    [Fact]
    public async Task A_recorder_that_records_continues_when_the_node_starts_again_and_one_that_was_stopped_does_not()
    {
        await DefineAsync("test:?size=64x48");
        await AskAsync<Accepted>(new Start(Cam, TimeSpan.FromMilliseconds(100)));
        await EventAsync<DataAvailable>();
        await Node.DisposeAsync();
        _node = await StartAsync();
        await UntilAsync(RecorderState.Recording);
        await EventAsync<GapRecorded>();
        var recording = (await Node.Catalogue.ListRecordingsAsync(new RecordingQuery(), default)).ShouldHaveSingleItem();
        recording.EndedAt.ShouldBeNull();
        (await Node.Catalogue.ListGapsAsync(recording.Key, null, null, default)).ShouldHaveSingleItem().Cause.ShouldBe(GapCause.NodeDown);

        await Node.StopAllAsync();
        await Node.DisposeAsync();
        _node = await StartAsync();
        var definitions = await Node.Registry.Ask<RegistryProtocol.Definitions>(new RegistryProtocol.List());
        definitions.Recorders.ShouldHaveSingleItem().Desired.ShouldBe(RecorderState.Inactive);
        await UntilAsync(RecorderState.Inactive);
    }

    [Fact]
    public async Task Blobs_that_a_killed_node_stored_and_did_not_announce_are_announced_when_it_starts_again()
    {
        await DefineAsync("test:?size=64x48");
        await AskAsync<Accepted>(new Start(Cam, TimeSpan.FromMilliseconds(100)));
        await EventAsync<DataAvailable>();
        // As after a kill, the catalogue is older than the files.
        var killed = Directory.CreateDirectory(Path.Combine(_folder, "killed")).FullName;
        CopyTo(killed, Directory.GetFiles(_folder, "catalogue.db*"));
        await EventAsync<DataAvailable>(skip: 6);
        CopyTo(killed, Directory.GetFiles(Path.Combine(_folder, "recordings"), "*", SearchOption.AllDirectories));
        await Node.DisposeAsync();
        _node = await NodeRuntime.StartAsync(new NodeRuntimeOptions { DataFolder = killed });
        await UntilAsync(RecorderState.Recording);
        await Node.FlushAsync();

        var recording = (await Node.Catalogue.ListRecordingsAsync(new RecordingQuery(), default))[^1].Key;
        var stored = RecordingReader.Open(Path.Combine(killed, "recordings", "cam", recording.Recording.Value)).Read().Blobs;
        var events = (await Node.Catalogue.ReadEventsAsync(0, Cam, 1000, default)).Select(entry => entry.Event).ToList();
        stored.Count.ShouldBeGreaterThan(5);
        events.OfType<DataAvailable>().Where(data => data.Data.Recording == recording.Recording).Select(data => data.Data.Number)
            .Take(stored.Count).ShouldBe(stored.Select(blob => blob.Number));
        events.Select(raised => raised.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
    }

    [Fact]
    public async Task Blobs_that_a_power_cut_lost_are_removed_from_the_catalogue_and_their_numbers_used_again()
    {
        await DefineAsync("test:?size=64x48");
        await AskAsync<Accepted>(new Start(Cam, TimeSpan.FromMilliseconds(100)));
        await EventAsync<DataAvailable>(skip: 3);
        // As after a power cut, the files are older than the catalogue.
        var cut = Directory.CreateDirectory(Path.Combine(_folder, "cut")).FullName;
        CopyTo(cut, Directory.GetFiles(Path.Combine(_folder, "recordings"), "*", SearchOption.AllDirectories));
        await EventAsync<DataAvailable>(skip: 12);
        await Node.FlushAsync();
        CopyTo(cut, Directory.GetFiles(_folder, "catalogue.db*"));
        await Node.DisposeAsync();
        _node = await NodeRuntime.StartAsync(new NodeRuntimeOptions { DataFolder = cut });
        await UntilAsync(RecorderState.Recording);
        await EventAsync<GapRecorded>();
        await AskAsync<Accepted>(new Stop(Cam));
        await EventAsync<Stopped>();
        await Node.FlushAsync();

        var row = (await Node.Catalogue.ListRecordingsAsync(new RecordingQuery(), default)).ShouldHaveSingleItem();
        var stored = RecordingReader.Open(Path.Combine(cut, "recordings", "cam", row.Key.Recording.Value)).Read();
        var extents = await Node.Catalogue.ListExtentsAsync(row.Key, null, null, default);
        extents.Select(extent => (extent.Number, extent.FirstBlob, extent.LastBlob, extent.Bytes)).ShouldBe(
            stored.Extents.Select(extent => (extent.Number, extent.Blobs[0].Number, extent.Blobs[^1].Number, extent.Bytes)));
        (row.Blobs, row.Bytes).ShouldBe((stored.Blobs[^1].Number, extents.Sum(extent => extent.Bytes)));
        var gaps = await Node.Catalogue.ListGapsAsync(row.Key, null, null, default);
        gaps.ShouldHaveSingleItem().MediaTime.TotalMilliseconds.ShouldBe(stored.Gaps.ShouldHaveSingleItem().MediaTime.TotalMilliseconds, 1);
    }

    // The last events of the old recorder are not in the catalogue yet when the new recorder of its id is created.
    [Fact]
    public async Task A_recorder_that_is_created_again_right_after_its_stop_continues_its_event_numbers()
    {
        await DefineAsync("test:?size=64x48");
        for (var n = 1; n <= 3; n++)
        {
            await AskAsync<Accepted>(new Start(Cam, TimeSpan.FromMilliseconds(100)));
            await EventAsync<DataAvailable>();
            await AskAsync<Accepted>(new Stop(Cam));
            await AskAsync<RegistryProtocol.Defined>(new RegistryProtocol.Change(
                new RecorderDefinition { Id = Cam, Source = $"test:?size=64x48&rate={10 + n}", Options = new RecorderOptions() }));
        }

        await Node.FlushAsync();

        var events = (await Node.Catalogue.ReadEventsAsync(0, Cam, 10_000, default)).Select(entry => entry.Event).ToList();
        (events.OfType<Started>().Count(), events.OfType<Stopped>().Count()).ShouldBe((3, 3));
        events.Select(raised => raised.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        foreach (var recording in events.OfType<DataAvailable>().GroupBy(data => data.Data.Recording))
        {
            recording.Select(data => data.Data.Number).ShouldBe(Enumerable.Range(1, recording.Count()).Select(number => (long)number));
            events.OfType<Stopped>().Single(stopped => stopped.Recording == recording.Key).Blobs.ShouldBe(recording.Count(data => data.Data.Length > 0));
        }
    }

    [Fact]
    public async Task Two_nodes_never_share_a_data_folder()
    {
        var error = await Should.ThrowAsync<IOException>(StartAsync);
        error.Message.ShouldContain("is used by another node");
        await Node.DisposeAsync();

        _node = await StartAsync();
    }

    [Fact]
    public async Task A_lost_catalogue_is_filled_with_the_recorders_from_their_files()
    {
        await DefineAsync("test:?size=64x48");
        await Node.DisposeAsync();
        foreach (var file in Directory.GetFiles(_folder, "catalogue.db*"))
            File.Delete(file);

        _node = await StartAsync();
        (await Node.Catalogue.ListRecordersAsync(default)).ShouldHaveSingleItem().Id.ShouldBe(Cam);
    }

    private Task<NodeRuntime> StartAsync() => NodeRuntime.StartAsync(new NodeRuntimeOptions { DataFolder = _folder });

    private Task<RegistryProtocol.Defined> DefineAsync(string source) => AskAsync<RegistryProtocol.Defined>(new RegistryProtocol.Define(
        new RecorderDefinition { Id = Cam, Source = source, Options = new RecorderOptions() }));

    private Task<T> AskAsync<T>(object message) => Node.Registry.Ask<T>(message, TimeSpan.FromSeconds(10));

    private void CopyTo(string folder, IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(_folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private async Task EventAsync<T>(int skip = 0)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        for (var after = 0L; ;)
        {
            await Node.Catalogue.WaitForEventsAsync(after, patience.Token);
            var events = await Node.Catalogue.ReadEventsAsync(after, null, 100, patience.Token);
            skip -= events.Count(entry => entry.Event is T);
            if (skip < 0)
                return;

            // Event numbers skip ahead after an unclean end.
            after = events.Count > 0 ? events[^1].Number : await Node.Catalogue.LastEventAsync(patience.Token);
        }
    }

    // The recorder is created while the node already runs: until then it is unknown.
    private async Task UntilAsync(RecorderState state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await Node.Registry.Ask<object>(new GetStatus(Cam), patience.Token) is not Status status || status.State != state)
            patience.Token.ThrowIfCancellationRequested();
    }
}
