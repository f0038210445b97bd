using System.Diagnostics;

namespace Recorder.FFmpeg;

/// <summary>Reads packets with FFmpeg's demuxer, and corrects what it gets wrong.</summary>
internal sealed unsafe class PacketReader : IPacketReader
{
    private readonly InputContext _input;
    private readonly StreamTable _streams;
    private readonly EditQueue _edits;
    private readonly FrameOrder? _order;
    private readonly Queue<PacketBatch> _ahead = new();

    public PacketReader(InputContext input, StreamTable streams)
    {
        (_input, _streams) = (input, streams);
        _edits = new EditQueue(input, streams);
        _order = FrameOrder.For(input.Context, input.FormatName);
    }

    public void Open()
    {
        _streams.Refresh();
        _edits.Open(ReadNext);
        AwaitStreams();
    }

    public ReadResult Read(PacketBatch into)
    {
        if (!_ahead.TryDequeue(out var earlier))
            return ReadNext(into);
        into.Append(earlier, 0);
        earlier.Release();
        return ReadResult.Appended;
    }

    public void Restart()
    {
        _edits.Reset();
        _order?.Restart();
    }

    public void Close()
    {
        _edits.Dispose();
        while (_ahead.TryDequeue(out var batch))
            batch.Release();
        _order?.Dispose();
    }

    private ReadResult ReadNext(PacketBatch into)
    {
        _input.BeginRead();
        if (_edits.TryTake(into))
            return ReadResult.Appended;
        while (true)
        {
            var packet = into.Next();
            var read = ReadFrame(packet);
            if (read < 0)
            {
                var result = ResultOf(read);
                return result == ReadResult.EndOfStream && _edits.Finish(into) ? ReadResult.Appended : result;
            }
            _streams.Update(packet);
            _order?.SetTimes(packet, _input.Context->streams[packet->stream_index]);
            into.Commit(CaptureTime(packet));
            if (_edits.Apply(into, packet))
                return ReadResult.Appended;
        }
    }

    private ReadResult ResultOf(int code)
    {
        if (_input.IsInterrupted)
            throw _input.ReadFailure(code);
        if (code == NativeError.Again)
            return ReadResult.TryAgain;
        // Some demuxers report the end of a file as another error; only the state of the byte stream shows that it is the end.
        var io = _input.Context->pb;
        return code == ffmpeg.AVERROR_EOF || (io != null && io->eof_reached != 0 && io->error == 0)
            ? ReadResult.EndOfStream
            : throw _input.ReadFailure(code);
    }

    private int ReadFrame(AVPacket* packet)
    {
        var hls = _input.Hls;
        if (hls is not null)
            NativeLog.PassTo(hls);
        var read = ffmpeg.av_read_frame(_input.Context, packet);
        while (read >= 0 && _streams.HasNoFrame(packet))
        {
            ffmpeg.av_packet_unref(packet);
            read = ffmpeg.av_read_frame(_input.Context, packet);
        }
        if (hls is null)
            return read;
        NativeLog.PassTo(null);
        if (read >= 0 && hls.IsIntact(packet->stream_index, (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0))
            packet->flags &= ~ffmpeg.AV_PKT_FLAG_CORRUPT;
        return read;
    }

    // Reads ahead while a stream that the header or the protocol announces is not known yet, so that all streams are known from
    // the first packet on.
    private void AwaitStreams()
    {
        const long MostBytes = 16 << 20;
        var began = Stopwatch.GetTimestamp();
        var bytes = 0L;
        while (HasUnknownStream() && Stopwatch.GetElapsedTime(began) < _input.Options.StreamWait && bytes < MostBytes)
        {
            var batch = PacketBatch.Rent();
            if (ReadNext(batch) != ReadResult.Appended)
            {
                batch.Release();
                return;
            }
            bytes += batch.Bytes;
            _ahead.Enqueue(batch);
        }
    }

    private bool HasUnknownStream()
    {
        var context = _input.Context;
        // The header of FLV, and so of RTMP, announces audio and video; FFmpeg creates each stream when its first packet comes.
        if (_input.FormatName.Contains("flv", StringComparison.Ordinal) && (context->ctx_flags & ffmpeg.AVFMTCTX_NOHEADER) != 0)
            return true;
        for (var i = 0; i < context->nb_streams; i++)
        {
            if (!StreamTracker.IsKnown(context->streams[i]))
                return true;
        }
        return false;
    }

    /// <summary>The sender's wall clock time for a packet (RTCP, PRFT box) in microseconds since 1970; 0 if not stated.</summary>
    private static long CaptureTime(AVPacket* packet)
    {
        if (packet->side_data_elems == 0)
            return 0;
        ulong size;
        var data = (AVProducerReferenceTime*)ffmpeg.av_packet_get_side_data(packet, AVPacketSideDataType.AV_PKT_DATA_PRFT, &size);
        return data == null || size < (ulong)sizeof(AVProducerReferenceTime) ? 0 : data->wallclock;
    }
}
