using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class GopBufferSpecs
{
    [Fact]
    public void The_buffer_keeps_everything_since_the_last_key_frame_by_reference()
    {
        var buffer = new GopBuffer(1000, TimeSpan.FromSeconds(10), live: true);
        Add(buffer, 0, (0, false), (1, false));
        buffer.Batches.ShouldBeEmpty();
        Add(buffer, 0, (2, false), (3, true), (4, false));
        Add(buffer, 1, (5, false));
        Times(buffer).ShouldBe([3, 4, 5]);
        Add(buffer, 2, (6, true), (7, false));
        Times(buffer).ShouldBe([6, 7]);
        buffer.Clear();
    }

    [Fact]
    public void A_GOP_that_is_too_large_is_not_kept()
    {
        var buffer = new GopBuffer(25, TimeSpan.FromSeconds(10), live: true);
        Add(buffer, 0, (0, true));
        Add(buffer, 0, (1, false));
        Add(buffer, 0, (2, false));
        Times(buffer).ShouldBeEmpty();
        Add(buffer, 0, (3, false));
        Times(buffer).ShouldBeEmpty();
        Add(buffer, 0, (4, true));
        Times(buffer).ShouldBe([4]);
        buffer.Clear();
    }

    [Fact]
    public void A_GOP_that_is_too_long_is_not_kept()
    {
        var buffer = new GopBuffer(1000, TimeSpan.FromSeconds(10), live: true);
        Add(buffer, 0, (0, true));
        Add(buffer, 10.1, (1, false));
        Times(buffer).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_keeps_its_beginning_for_one_GOP()
    {
        var buffer = new GopBuffer(1000, TimeSpan.FromSeconds(10), live: false);
        Add(buffer, 0, (0, true), (1, false));
        Add(buffer, 0, (2, false));
        buffer.HasBeginning.ShouldBeTrue();
        Times(buffer).ShouldBe([0, 1, 2]);
        Add(buffer, 0, (3, true));
        buffer.HasBeginning.ShouldBeFalse();
        Times(buffer).ShouldBeEmpty();
        Add(buffer, 0, (4, true));
        Times(buffer).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_keeps_its_beginning_for_half_a_second_however_long_its_first_GOP_is()
    {
        var buffer = new GopBuffer(1000, TimeSpan.FromSeconds(10), live: false);
        Add(buffer, 7, (0, true));
        Add(buffer, 7.5, (1, false));
        buffer.HasBeginning.ShouldBeTrue();
        Add(buffer, 7.6, (2, false));
        buffer.HasBeginning.ShouldBeFalse();
        Times(buffer).ShouldBeEmpty();
    }

    [Fact]
    public void Batches_that_are_removed_are_released()
    {
        var buffer = new GopBuffer(1000, TimeSpan.FromSeconds(10), live: true);
        var batch = Batch((0, true));
        buffer.Add(batch, 0, TimeSpan.Zero);
        batch.Release();
        batch.Count.ShouldBe(1);
        buffer.Clear();
        Should.Throw<ObjectDisposedException>(() => batch.AddRef());
    }

    private static void Add(GopBuffer buffer, double now, params (long Time, bool Key)[] packets)
    {
        var batch = Batch(packets);
        buffer.Add(batch, Array.FindLastIndex(packets, p => p.Key), TimeSpan.FromSeconds(now));
        batch.Release();
    }

    private static PacketBatch Batch(params (long Time, bool Key)[] packets)
    {
        var batch = PacketBatch.Rent();
        foreach (var (time, key) in packets)
            batch.Add(new byte[10], 0, time, time, 1, key);

        return batch;
    }

    private static List<long> Times(GopBuffer buffer) =>
        [.. buffer.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(i => b[i].Pts))];
}
