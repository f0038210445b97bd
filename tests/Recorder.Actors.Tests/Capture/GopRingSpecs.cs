using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class GopRingSpecs
{
    [Fact]
    public void It_keeps_everything_since_the_last_key_frame_by_reference()
    {
        var ring = new GopRing(1000, TimeSpan.FromSeconds(10), live: true);
        Add(ring, 0, (0, false), (1, false));
        ring.Batches.ShouldBeEmpty();
        Add(ring, 0, (2, false), (3, true), (4, false));
        Add(ring, 1, (5, false));
        Times(ring).ShouldBe([3, 4, 5]);
        Add(ring, 2, (6, true), (7, false));
        Times(ring).ShouldBe([6, 7]);
        ring.Clear();
    }

    [Fact]
    public void A_group_that_is_too_large_is_not_kept()
    {
        var ring = new GopRing(25, TimeSpan.FromSeconds(10), live: true);
        Add(ring, 0, (0, true));
        Add(ring, 0, (1, false));
        Add(ring, 0, (2, false));
        Times(ring).ShouldBeEmpty();
        Add(ring, 0, (3, false));
        Times(ring).ShouldBeEmpty();
        Add(ring, 0, (4, true));
        Times(ring).ShouldBe([4]);
        ring.Clear();
    }

    [Fact]
    public void A_group_that_is_too_long_is_not_kept()
    {
        var ring = new GopRing(1000, TimeSpan.FromSeconds(10), live: true);
        Add(ring, 0, (0, true));
        Add(ring, 10.1, (1, false));
        Times(ring).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_keeps_its_beginning_for_one_group()
    {
        var ring = new GopRing(1000, TimeSpan.FromSeconds(10), live: false);
        Add(ring, 0, (0, true), (1, false));
        Add(ring, 0, (2, false));
        ring.HoldsBeginning.ShouldBeTrue();
        Times(ring).ShouldBe([0, 1, 2]);
        Add(ring, 0, (3, true));
        ring.HoldsBeginning.ShouldBeFalse();
        Times(ring).ShouldBeEmpty();
        Add(ring, 0, (4, true));
        Times(ring).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_keeps_its_beginning_for_half_a_second_however_long_its_first_group_is()
    {
        var ring = new GopRing(1000, TimeSpan.FromSeconds(10), live: false);
        Add(ring, 7, (0, true));
        Add(ring, 7.5, (1, false));
        ring.HoldsBeginning.ShouldBeTrue();
        Add(ring, 7.6, (2, false));
        ring.HoldsBeginning.ShouldBeFalse();
        Times(ring).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_let_go_is_given_back()
    {
        var ring = new GopRing(1000, TimeSpan.FromSeconds(10), live: true);
        var batch = Batch((0, true));
        ring.Add(batch, 0, TimeSpan.Zero);
        batch.Release();
        batch.Count.ShouldBe(1);
        ring.Clear();
        Should.Throw<ObjectDisposedException>(() => batch.AddRef());
    }

    private static void Add(GopRing ring, double now, params (long Time, bool Key)[] packets)
    {
        var batch = Batch(packets);
        ring.Add(batch, Array.FindLastIndex(packets, p => p.Key), TimeSpan.FromSeconds(now));
        batch.Release();
    }

    private static PacketBatch Batch(params (long Time, bool Key)[] packets)
    {
        var batch = PacketBatch.Rent();
        foreach (var (time, key) in packets)
        {
            batch.Add(new byte[10], 0, time, time, 1, key);
        }

        return batch;
    }

    private static List<long> Times(GopRing ring) =>
        [.. ring.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(i => b[i].Pts))];
}
