using Recorder.Contracts;

namespace Recorder.Actors.Tests.Facade;

/// <summary>Reading a recording's blobs as an asynchronous sequence.</summary>
public sealed class BlobReaderSpecs(FacadeNode node) : IClassFixture<FacadeNode>
{
    [Fact]
    public async Task The_blobs_put_together_are_the_file_39_40()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        await recorder.Start(TimeSpan.FromSeconds(0.5));
        using var copy = new MemoryStream();
        string? path = null;
        await foreach (var blob in recorder.Blobs())
        {
            blob.Type.ShouldStartWith("video/mp4;codecs=");
            await blob.CopyToAsync(copy);
            path = blob.Path;
        }

        copy.Length.ShouldBeGreaterThan(0);
        copy.ToArray().ShouldBe(await File.ReadAllBytesAsync(path!));
    }

    [Fact]
    public async Task Each_reader_gets_every_blob_also_one_that_comes_later()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        var early = Numbers(recorder.Blobs());
        await recorder.Start(TimeSpan.FromSeconds(0.5));
        var second = Numbers(recorder.Blobs());

        (await early).ShouldBe([1, 2, 3, 4]);
        (await second).ShouldBe([1, 2, 3, 4]);
        (await Numbers(recorder.Blobs())).ShouldBe([1, 2, 3, 4]);

        static async Task<List<long>> Numbers(IAsyncEnumerable<Blob> blobs) =>
            await blobs.Select(blob => blob.Number).ToListAsync();
    }

    [Fact]
    public async Task The_sequence_ends_when_the_handlers_of_stop_have_run()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        var trace = new EventTrace(recorder);
        await recorder.Start();

        await recorder.Blobs().ToListAsync();

        trace.Text.ShouldEndWith("stop inactive");
    }

    [Fact]
    public async Task A_recording_that_fails_ends_its_sequence_with_the_error_after_the_last_blob()
    {
        await using var recorder = await node.CreateAsync("/nowhere/clip.mp4");
        await recorder.Start();
        var sizes = new List<long>();

        var error = await Should.ThrowAsync<UnknownError>(async () =>
        {
            await foreach (var blob in recorder.Blobs())
                sizes.Add(blob.Size);
        });

        error.Message.ShouldContain("/nowhere/clip.mp4");
        sizes.ShouldBe([0]);
    }

    [Fact]
    public async Task Reading_can_be_cancelled_and_the_recording_goes_on()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        await recorder.Start();
        using var cancelling = new CancellationTokenSource();
        var reading = recorder.Blobs(cancelling.Token).ToListAsync().AsTask();
        await cancelling.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
        recorder.State.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public async Task A_recorder_that_never_started_has_no_blobs_when_it_is_gone()
    {
        var recorder = await node.CreateAsync(FacadeNode.Endless);
        var reading = recorder.Blobs().ToListAsync();
        await recorder.DisposeAsync();

        (await reading).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_that_falls_too_far_behind_is_told_so()
    {
        var log = new BlobLog();
        await using var reader = log.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Add(log, 1, 1);
        (await reader.MoveNextAsync()).ShouldBeTrue();
        Add(log, 2, BlobLog.Capacity + 3);

        var error = await Should.ThrowAsync<BlobReaderOverrunException>(async () => await reader.MoveNextAsync());
        error.Message.ShouldContain("the next 3 are no longer in memory");
        error.Message.ShouldContain("/recordings/r/000001.mp4");
    }

    [Fact]
    public async Task A_reader_may_be_as_far_behind_as_the_number_of_kept_blobs()
    {
        var log = new BlobLog();
        var all = log.ReadAsync(CancellationToken.None);
        Add(log, 1, BlobLog.Capacity);
        log.End();

        var numbers = await all.Select(blob => blob.Number).ToListAsync();
        numbers.ShouldBe(Enumerable.Range(1, BlobLog.Capacity).Select(number => (long)number));
    }

    [Fact]
    public async Task A_reader_that_comes_late_begins_with_the_oldest_blob_that_is_kept()
    {
        var log = new BlobLog();
        Add(log, 1, BlobLog.Capacity + 10);
        log.End();

        (await log.ReadAsync(CancellationToken.None).FirstAsync()).Number.ShouldBe(11);
    }

    private static void Add(BlobLog log, int first, int count)
    {
        for (var number = first; number < first + count; number++)
            log.Add(Blob(number));
    }

    internal static Blob Blob(int number) => new()
    {
        Recording = new RecordingId("r"),
        Number = number,
        Extent = 1,
        Path = "/recordings/r/000001.mp4",
        Offset = number,
        Length = 1,
        Type = "video/mp4",
        MediaTime = TimeSpan.Zero,
        Duration = TimeSpan.Zero,
        CapturedAt = DateTimeOffset.UnixEpoch,
        StartsWithKeyFrame = true,
        Crc32C = 0,
    };
}
