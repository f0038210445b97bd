namespace Recorder.FFmpeg.Tests;

/// <summary>Encodes a file again into a container, as a recorder does if the container cannot hold the codecs.</summary>
internal static class Transcode
{
    public static string Run(
        string source, string path, string format, VideoEncoding? video, AudioEncoding? audio,
        Action<VideoTranscoder?, AudioTranscoder?, TimeSpan>? each = null, Func<PacketInfo, TimeSpan, bool>? drop = null, List<PacketInfo>? encoded = null)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        var videoStream = video is null ? null : demuxer.Streams.First(s => s.Parameters.Kind == MediaKind.Video);
        var audioStream = audio is null ? null : demuxer.Streams.First(s => s.Parameters.Kind == MediaKind.Audio);
        using var videoTranscoder = videoStream is null ? null : new VideoTranscoder(videoStream.Parameters, videoStream.TimeBase, video!);
        using var audioTranscoder = audioStream is null ? null : new AudioTranscoder(audioStream.Parameters, audioStream.TimeBase, audio!);
        var tracks = new List<MuxerTrack>();
        if (videoTranscoder is not null)
            tracks.Add(new MuxerTrack(videoTranscoder.Output, videoTranscoder.OutputTimeBase));
        if (audioTranscoder is not null)
            tracks.Add(new MuxerTrack(audioTranscoder.Output, audioTranscoder.OutputTimeBase));
        using var muxer = new Muxer(new MuxerOptions { Format = format, Tracks = tracks });
        var origin = new[] { videoStream, audioStream }.Where(s => s is not null).Min(s => s!.StartTime ?? TimeSpan.Zero);
        var output = PacketBatch.Rent();
        while (true)
        {
            var batch = PacketBatch.Rent();
            var read = demuxer.Read(batch);
            if (read == ReadResult.Appended)
            {
                var packet = batch[0];
                var stream = demuxer.Streams[packet.Track];
                var pts = packet.Pts == PacketInfo.NoTimestamp ? packet.Dts : packet.Pts;
                var time = stream.TimeBase.ToTimeSpan(pts) - origin;
                pts -= stream.TimeBase.FromTimeSpan(origin);
                if (drop?.Invoke(packet, time) != true)
                {
                    each?.Invoke(videoTranscoder, audioTranscoder, time);
                    if (packet.Track == videoStream?.Index)
                        videoTranscoder!.Write(batch, 0, pts, output, 0);
                    else if (packet.Track == audioStream?.Index)
                        audioTranscoder!.Write(batch, 0, pts, output, tracks.Count - 1);
                }
            }
            batch.Release();
            if (read == ReadResult.EndOfStream)
                break;
            Drain();
        }
        videoTranscoder?.Finish(output, 0);
        audioTranscoder?.Finish(output, tracks.Count - 1);
        Drain();
        output.Release();
        muxer.Finish();
        using var bytes = muxer.Output.TakePending();
        var all = bytes.ToArray();
        foreach (var patch in muxer.Output.TakePatches())
            patch.Bytes.Span.CopyTo(all.AsSpan((int)patch.Offset));
        File.WriteAllBytes(path, all);
        return path;

        void Drain()
        {
            for (var i = 0; i < output.Count; i++)
            {
                var packet = output[i];
                encoded?.Add(packet);
                muxer.Write(output, i, packet.Track, packet.Pts, packet.Dts, packet.Duration);
            }
            output.Release();
            output = PacketBatch.Rent();
        }
    }
}
