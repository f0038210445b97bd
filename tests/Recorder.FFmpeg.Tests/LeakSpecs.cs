using System.Globalization;

namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class LeakSpecs(MediaFixture media)
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void A_thousand_recordings_leave_memory_flat()
    {
        var source = media["short.mp4"];
        Collect();
        var batches = PacketBatch.OutstandingBatches;
        for (var i = 0; i < 200; i++)
            Record(source, i);
        var before = Resident();
        for (var i = 200; i < 1000; i++)
            Record(source, i);
        var after = Resident();
        (after - before).ShouldBeLessThan(6 * Megabyte, $"from {before / Megabyte} MB to {after / Megabyte} MB");
        PacketBatch.OutstandingBatches.ShouldBe(batches);
    }

    [Fact]
    public void Objects_that_are_never_disposed_are_freed_by_the_garbage_collector()
    {
        var source = media["short.mp4"];
        for (var i = 0; i < 40; i++)
            Forget(source);
        Collect();
        var before = Resident();
        for (var i = 0; i < 120; i++)
        {
            Forget(source);
            if (i % 20 == 0)
                Collect();
        }
        Collect();
        (Resident() - before).ShouldBeLessThan(8 * Megabyte);
    }

    [Fact]
    public void Media_that_waits_for_the_disk_is_not_in_managed_memory()
    {
        var bytes = new byte[4 * Megabyte];
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        // More than the pool keeps while idle.
        var waiting = Enumerable.Range(0, 8).Select(_ => MediaBytes.CopyOf(bytes)).ToList();

        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(Megabyte);
        waiting.ForEach(media => media.Dispose());
    }

    [Fact]
    public void Recording_allocates_no_managed_memory_per_packet()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-aac.mp4"] });
        using var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [.. demuxer.Streams.Select(s => new MuxerTrack(s.Parameters, s.TimeBase))] });
        var all = PacketBatch.Rent();
        while (demuxer.Read(all) == ReadResult.Appended)
        {
        }
        long round = 0;
        for (; round < 5; round++)
            Round();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (; round < 25; round++)
            Round();
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(200_000);
        all.Release();

        void Round()
        {
            for (var i = 0; i < all.Count; i++)
            {
                var packet = all[i];
                var shift = demuxer.Streams[packet.Track].TimeBase.FromTimeSpan(TimeSpan.FromSeconds(7 * round + 1));
                muxer.Write(all, i, packet.Track, packet.Pts + shift, packet.Dts + shift, packet.Duration);
                if (i % 50 != 0)
                    continue;
                muxer.Flush();
                muxer.Output.TakePending().Dispose();
            }
        }
    }

    private static void Record(string source, int cycle)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        var streams = demuxer.Streams;
        using var transcoder = cycle % 10 != 0
            ? null
            : new VideoTranscoder(streams[0].Parameters, streams[0].TimeBase, new VideoEncoding { Codec = "h264", BitsPerSecond = 100_000, GlobalHeader = true });
        using var audio = cycle % 10 != 5
            ? null
            : new AudioTranscoder(streams[1].Parameters, streams[1].TimeBase, new AudioEncoding { Codec = "opus", GlobalHeader = true });
        using var muxer = new Muxer(new MuxerOptions
        {
            Format = cycle % 2 == 0 ? "mp4" : "matroska",
            Tracks =
            [
                transcoder is null ? new MuxerTrack(streams[0].Parameters, streams[0].TimeBase) : new MuxerTrack(transcoder.Output, transcoder.OutputTimeBase),
                audio is null ? new MuxerTrack(streams[1].Parameters, streams[1].TimeBase) : new MuxerTrack(audio.Output, audio.OutputTimeBase),
            ],
        });
        var result = ReadResult.Appended;
        while (result == ReadResult.Appended)
        {
            var batch = PacketBatch.Rent();
            var encoded = PacketBatch.Rent();
            while (batch.Count < 20 && (result = demuxer.Read(batch)) == ReadResult.Appended)
            {
            }
            for (var i = 0; i < batch.Count; i++)
            {
                var packet = batch[i];
                if (packet.Track == 0 && transcoder is not null)
                    transcoder.Write(batch, i, packet.Pts, encoded, 0);
                else if (packet.Track == 1 && audio is not null)
                    audio.Write(batch, i, packet.Pts, encoded, 1);
                else
                    muxer.Write(batch, i, packet.Track, packet.Pts, packet.Dts, packet.Duration);
            }
            for (var i = 0; i < encoded.Count; i++)
                muxer.Write(encoded, i, encoded[i].Track, encoded[i].Pts, encoded[i].Dts, encoded[i].Duration);
            batch.Release();
            encoded.Release();
            muxer.Flush();
            muxer.Output.TakePending().Dispose();
        }
        muxer.Finish();
        muxer.Output.TakePending().Dispose();
        muxer.Output.TakePatches();
    }

    private static void Forget(string source)
    {
        var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [.. demuxer.Streams.Select(s => new MuxerTrack(s.Parameters, s.TimeBase))] });
        var batch = PacketBatch.Rent();
        demuxer.Read(batch);
        muxer.Write(batch, 0, batch[0].Track, 0, 0, 0);
        _ = new VideoTranscoder(demuxer.Streams[0].Parameters, demuxer.Streams[0].TimeBase, new VideoEncoding { Codec = "vp8", BitsPerSecond = 100_000 });
        _ = new AudioTranscoder(demuxer.Streams[1].Parameters, demuxer.Streams[1].TimeBase, new AudioEncoding { Codec = "aac" });
    }

    // An aggressive collection also returns the collector's reserve, which otherwise counts as resident memory.
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static long Resident()
    {
        Collect();
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
