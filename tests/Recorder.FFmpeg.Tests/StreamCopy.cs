namespace Recorder.FFmpeg.Tests;

/// <summary>Copies a file without encoding, as a recorder does: with times that begin at 0, flushed after each slice.</summary>
internal sealed class StreamCopy
{
    public required string Path { get; init; }

    /// <summary>The lengths of the slices. The last one is what <see cref="Muxer.Finish"/> wrote.</summary>
    public List<long> Slices { get; } = [];

    public List<MediaPatch> Patches { get; } = [];

    public int[] PacketsWritten { get; private set; } = [];

    /// <summary>Returns the earliest presentation time of all first packets, which becomes 0.</summary>
    private static TimeSpan FirstTime(string source, List<StreamInfo> streams)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        var first = new Dictionary<int, TimeSpan>();
        var batch = PacketBatch.Rent();
        while (first.Count < streams.Count && demuxer.Read(batch) == ReadResult.Appended)
        {
            var packet = batch[batch.Count - 1];
            if (streams.Find(s => s.Index == packet.Track) is { } stream)
                first.TryAdd(packet.Track, stream.TimeBase.ToTimeSpan(packet.Pts));
        }
        batch.Release();
        return first.Values.Min();
    }

    public static StreamCopy Run(
        string source, string path, string format, TimeSpan? slice, bool finish = true, Func<StreamInfo, bool>? select = null,
        Func<StreamInfo, TimeSpan>? startsAt = null, bool ffmpegFragments = false)
    {
        var copy = new StreamCopy { Path = path };
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        var streams = demuxer.Streams.Where(select ?? (s => s.Parameters.Kind is MediaKind.Video or MediaKind.Audio)).ToList();
        using var muxer = new Muxer(new MuxerOptions
        {
            Format = format,
            HasFFmpegFragments = ffmpegFragments,
            Tracks = [.. streams.Select(s => new MuxerTrack(s.Parameters, s.TimeBase, s.Language))],
        });
        using var file = File.Create(path);
        var started = new bool[streams.Count];
        var origin = FirstTime(source, streams);
        var sliceEnd = slice ?? TimeSpan.MaxValue;
        copy.PacketsWritten = new int[streams.Count];
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
            if (batch.Count < 32)
                continue;
            Write();
        }
        Write();
        batch.Release();
        if (finish)
        {
            muxer.Finish();
            Take();
            foreach (var patch in muxer.Output.TakePatches())
            {
                file.Position = patch.Offset;
                file.Write(patch.Bytes.Span);
                copy.Patches.Add(patch);
            }
        }
        return copy;

        void Write()
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var packet = batch[i];
                var track = streams.FindIndex(s => s.Index == packet.Track);
                if (track < 0)
                    continue;
                var timeBase = streams[track].TimeBase;
                var time = timeBase.ToTimeSpan(packet.Dts == PacketInfo.NoTimestamp ? packet.Pts : packet.Dts);
                if (startsAt is not null && !started[track] && (timeBase.ToTimeSpan(packet.Pts) - origin < startsAt(streams[track]) || !packet.Key))
                    continue;
                var zero = timeBase.FromTimeSpan(origin);
                if (time - origin >= sliceEnd)
                {
                    muxer.Flush();
                    Take();
                    sliceEnd += slice!.Value;
                }
                muxer.Write(batch, i, track, Rebase(packet.Pts, zero), Rebase(packet.Dts, zero), packet.Duration);
                copy.PacketsWritten[track]++;
                started[track] = true;
                if (!muxer.HeaderWritten && (started.All(s => s) || time - origin > TimeSpan.FromSeconds(1)))
                    muxer.WriteHeaderNow();
            }
            batch.Release();
            batch = PacketBatch.Rent();
        }

        void Take()
        {
            using var bytes = muxer.Output.TakePending();
            copy.Slices.Add(bytes.Length);
            foreach (var segment in bytes.Segments)
                file.Write(segment.Span);
            file.Position.ShouldBe(muxer.Output.Position);
        }

        static long Rebase(long time, long zero) => time == PacketInfo.NoTimestamp ? time : time - zero;
    }
}
