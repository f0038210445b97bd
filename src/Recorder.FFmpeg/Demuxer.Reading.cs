using System.Diagnostics;

namespace Recorder.FFmpeg;

// Packets one by one.
public sealed unsafe partial class Demuxer
{
    /// <summary>Reads one packet into <paramref name="into"/>; blocks at most the read deadline.</summary>
    /// <exception cref="FFmpegException">Reading failed, the deadline passed, or <see cref="Cancel"/> was called.</exception>
    public ReadResult Read(PacketBatch into)
    {
        if (_ahead.TryDequeue(out var earlier))
        {
            into.Append(earlier, 0);
            earlier.Release();
            return ReadResult.Appended;
        }
        return ReadNext(into);
    }

    private ReadResult ReadNext(PacketBatch into)
    {
        var context = Context;
        // FFmpeg hands out what its parsers still hold before it reports an interruption, and forgets the cause.
        if (_interrupt.Cancelled || _interrupt.TimedOut)
            throw Failure(ffmpeg.AVERROR_EXIT, _name, _interrupt, _options.ReadDeadline, "reading");
        _interrupt.Arm(_options.ReadDeadline);
        if (_pictures is not null)
            return ReadPicture(into);
        if (TakeReady(into))
            return ReadResult.Appended;
        while (true)
        {
            var packet = into.Next();
            var read = ReadFrame(packet);
            if (read < 0)
            {
                if (_interrupt.Cancelled || _interrupt.TimedOut)
                    throw Failure(read, _name, _interrupt, _options.ReadDeadline, "reading");
                if (read == NativeError.Again)
                    return ReadResult.TryAgain;
                // Some demuxers report the end of the file as such only to who looks at the byte stream.
                return read != ffmpeg.AVERROR_EOF && (context->pb == null || context->pb->eof_reached == 0 || context->pb->error != 0)
                        ? throw Failure(read, _name, _interrupt, _options.ReadDeadline, "reading")
                    : FinishEdits(into) ? ReadResult.Appended
                    : ReadResult.EndOfStream;
            }
            if (context->nb_streams != _trackers.Length)
                Refresh(packet);
            // Another codec may bring another header with the same packet.
            while (_trackers[packet->stream_index].HasChanged(context->streams[packet->stream_index], packet))
                Refresh(packet);
            _order?.Stamp(packet, context->streams[packet->stream_index]);
            into.Commit(CaptureTime(packet));
            if (_edits is null || !_edits.Concerns(packet) || TakeEdited(into))
                return ReadResult.Appended;
        }
    }

    private int ReadFrame(AVPacket* packet)
    {
        if (_seams is not null)
            NativeLog.Listen(_seams);
        int read;
        do
        {
            read = ffmpeg.av_read_frame(_context, packet);
        }
        while (read >= 0 && IsHollow(packet));
        if (_seams is not null)
            NativeLog.Listen(null);
        if (read >= 0 && _seams is not null && _seams.IsWhole(packet->stream_index, (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0))
            packet->flags &= ~ffmpeg.AV_PKT_FLAG_CORRUPT;
        return read;
    }

    private bool IsHollow(AVPacket* packet)
    {
        var isHollow = packet->stream_index < _trackers.Length && _trackers[packet->stream_index].IsHollow(packet);
        if (isHollow)
            ffmpeg.av_packet_unref(packet);
        return isHollow;
    }

    /// <summary>
    /// Reads ahead while a stream that the header or the protocol announces has not said what it is, so that all are known from the first
    /// packet on.
    /// </summary>
    private void AwaitStreams()
    {
        const long MostBytes = 16 << 20;
        var began = Stopwatch.GetTimestamp();
        var bytes = 0L;
        while (Awaits() && Stopwatch.GetElapsedTime(began) < _options.StreamWait && bytes < MostBytes)
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

    private bool Awaits()
    {
        // FLV, and RTMP with it, announces sound and pictures in its header; FFmpeg makes a stream of each when its first packet comes.
        if (FormatName.Contains("flv", StringComparison.Ordinal) && (_context->ctx_flags & ffmpeg.AVFMTCTX_NOHEADER) != 0)
            return true;
        for (var i = 0; i < _context->nb_streams; i++)
        {
            if (!StreamTracker.IsKnown(_context->streams[i]))
                return true;
        }
        return false;
    }
}
