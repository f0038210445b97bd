using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Playback;

/// <summary>Writes one finished file of what was recorded, packet by packet as it is. Blocks its thread.</summary>
internal sealed class ExportWriter : IDisposable
{
    // Fragments have their tracks one behind the other; a file has them side by side.
    private const long MostHeld = 16 << 20;

    private readonly ExportPlan _plan;
    private readonly MediaContainer _container;
    private readonly string _path;
    private readonly List<Queue<Packet>> _held = [];
    private IReadOnlyList<StreamInfo> _streams = [];
    private Muxer? _muxer;
    private long _heldBytes;

    private ExportWriter(ExportPlan plan, MediaContainer container, string path) => (_plan, _container, _path) = (plan, container, path);

    /// <summary>Writes the file.</summary>
    /// <returns>Whether it ends before it should because what follows needs another decoder.</returns>
    /// <exception cref="ExportRefusedException">The container cannot hold what was recorded.</exception>
    /// <exception cref="FFmpegException">What is there cannot be read, or the file cannot be written.</exception>
    public static bool Write(ExportPlan plan, MediaContainer container, string path, CancellationToken ending)
    {
        using var writer = new ExportWriter(plan, container, path);
        foreach (var part in plan.Parts)
        {
            if (!writer.Add(part, ending))
            {
                writer.Finish();
                return true;
            }
        }

        writer.Finish();
        return plan.ParametersChange;
    }

    public void Dispose()
    {
        foreach (var packet in _held.SelectMany(queue => queue))
        {
            packet.Batch.Release();
        }

        _held.Clear();
        _muxer?.Dispose();
    }

    private bool Add(ExportPart part, CancellationToken ending)
    {
        var (demuxer, feed) = part.Begin();
        using (feed)
        using (demuxer)
        {
            if (_muxer is null)
            {
                Begin(demuxer.Streams);
            }
            else if (!ExportStreams.AreSame(_streams, demuxer.Streams))
            {
                return false;
            }

            var leader = ExportStreams.Leader(_streams);
            var begun = !_plan.CutsBegin;
            var ended = new bool[_streams.Count];
            while (ended.Contains(false))
            {
                ending.ThrowIfCancellationRequested();
                var batch = PacketBatch.Rent();
                if (demuxer.Read(batch) == ReadResult.EndOfStream)
                {
                    batch.Release();
                    break;
                }

                if (batch.Count == 0 || batch[0].Track >= _streams.Count || !Place(batch, part, leader, ref begun, ended))
                {
                    batch.Release();
                }
            }
        }

        return true;
    }

    private void Begin(IReadOnlyList<StreamInfo> streams)
    {
        ExportStreams.Check(streams, _container);
        _streams = streams;
        _held.AddRange(streams.Select(_ => new Queue<Packet>()));
        _muxer = new Muxer(new MuxerOptions
        {
            Format = MediaSupport.MuxerName(_container),
            File = _path,
            Tracks = [.. streams.Select(stream => new MuxerTrack(stream.Parameters, stream.TimeBase, stream.Language))],
        });
    }

    private bool Place(PacketBatch batch, ExportPart part, int leader, ref bool begun, bool[] ended)
    {
        var info = batch[0];
        var timeBase = _streams[info.Track].TimeBase;
        var shown = info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts;
        var decoded = info.Dts == PacketInfo.NoTimestamp ? info.Pts : info.Dts;
        if (shown == PacketInfo.NoTimestamp || ended[info.Track])
        {
            return false;
        }

        var units = timeBase.FromTimeSpan(part.Shift);
        var time = timeBase.ToTimeSpan(decoded + units);
        if (time >= _plan.Length || time >= part.To)
        {
            ended[info.Track] = true;
            return false;
        }

        // A millisecond, because the containers round to it.
        var isBefore = _plan.CutsBegin && timeBase.ToTimeSpan(shown + units) < (part.From ?? TimeSpan.Zero) - TimeSpan.FromMilliseconds(1);
        begun |= info.Track == leader && info.Key && !isBefore;
        if (isBefore || (info.Track == leader && !begun))
        {
            return false;
        }

        _held[info.Track].Enqueue(new Packet(batch, shown + units, decoded + units, time));
        _heldBytes += info.Size;
        while (_held.TrueForAll(queue => queue.Count > 0) || _heldBytes > MostHeld)
        {
            WriteNext();
        }

        return true;
    }

    private void Finish()
    {
        while (_held.Exists(queue => queue.Count > 0))
        {
            WriteNext();
        }

        _muxer?.Finish();
    }

    private void WriteNext()
    {
        var next = _held.Where(queue => queue.Count > 0).MinBy(queue => queue.Peek().Time)!.Dequeue();
        var info = next.Batch[0];
        try
        {
            _muxer!.Write(next.Batch, 0, info.Track, next.Shown, next.Decoded, info.Duration);
        }
        finally
        {
            _heldBytes -= info.Size;
            next.Batch.Release();
        }
    }

    private readonly record struct Packet(PacketBatch Batch, long Shown, long Decoded, TimeSpan Time);
}
