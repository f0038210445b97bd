namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class PacketBatchSpecs
{
    [Fact]
    public void A_batch_keeps_packets_and_shares_them_without_copying()
    {
        var batch = PacketBatch.Rent();
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        batch.Add([1, 2, 3], 1, 100, 90, 40, key: true, time);
        batch.AddUninitialized(4, 0, PacketInfo.NoTimestamp, 7, 0, key: false).Fill(9);
        batch.Count.ShouldBe(2);
        batch.Bytes.ShouldBe(7);
        batch[0].ShouldBe(new PacketInfo(1, 100, 90, 40, 3, true, false, time.ToUnixTimeMilliseconds() * 1000));
        batch[1].Pts.ShouldBe(PacketInfo.NoTimestamp);
        batch.SetTimestamps(0, 2, 5, 4, 3);

        var shared = PacketBatch.Rent();
        shared.Append(batch, 0);
        shared.Append(batch, 1);
        batch.Data(0).Overlaps(shared.Data(0)).ShouldBeTrue();
        batch.Release();
        shared[0].ShouldBe(new PacketInfo(2, 5, 4, 3, 3, true, false, time.ToUnixTimeMilliseconds() * 1000));
        shared.Data(0).ToArray().ShouldBe([1, 2, 3]);
        shared.Data(1).ToArray().ShouldBe([9, 9, 9, 9]);
        shared.Release();
    }

    [Fact]
    public void The_last_release_recycles_the_batch_and_another_release_fails()
    {
        var before = PacketBatch.OutstandingBatches;
        var batch = PacketBatch.Rent();
        PacketBatch.OutstandingBatches.ShouldBe(before + 1);
        Parallel.For(0, 1000, _ => batch.AddRef());
        Parallel.For(0, 1000, _ => batch.Release());
        PacketBatch.OutstandingBatches.ShouldBe(before + 1);
        batch.Release();
        PacketBatch.OutstandingBatches.ShouldBe(before);
        Should.Throw<ObjectDisposedException>(() => batch.Count.ShouldBe(batch[0].Size));
        Should.Throw<ObjectDisposedException>(() => batch.Data(0).Length.ShouldBe(0));
    }

    [Fact]
    public void A_batch_that_is_never_released_is_freed_by_its_finalizer()
    {
        // Tasks of earlier specs may still refer to batches in the pool. With the pool empty, new batches are lost.
        var pooled = Enumerable.Range(0, 300).Select(_ => PacketBatch.Rent()).ToList();
        var before = PacketBatch.OutstandingBatches;
        Lose();
        PacketBatch.OutstandingBatches.ShouldBe(before + 10);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        PacketBatch.OutstandingBatches.ShouldBe(before);
        pooled.ForEach(batch => batch.Release());

        static void Lose()
        {
            for (var i = 0; i < 10; i++)
                PacketBatch.Rent().Add(new byte[100], 0, 0, 0, 0, true);
        }
    }
}
