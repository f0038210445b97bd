using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>Writes one finished file of what was recorded, packet by packet as it is, or encoded where that is asked for. Blocks its thread.</summary>
internal sealed class ExportWriter : IDisposable
{
    // Fragments have their tracks one behind the other; a file has them side by side.
    private const long MostHeld = 16 << 20;

    private readonly ExportPlan _plan;
    private readonly ExportTracks _tracks;
    private readonly Muxer _muxer;
    private readonly List<Queue<Packet>> _held = [];
    private readonly List<ExportEncoder?> _encoders = [];
    private long _heldBytes;

    private ExportWriter(ExportPlan plan, ExportTracks tracks, ExportFormat format, string path)
    {
        (_plan, _tracks) = (plan, tracks);
        try
        {
            for (var place = 0; place < tracks.All.Count; place++)
            {
                _held.Add(new Queue<Packet>());
                _encoders.Add(tracks.All[place].Encode is null ? null : new ExportEncoder(tracks.All[place], place, format.Codecs));
            }

            _muxer = new Muxer(new MuxerOptions
            {
                Format = CodecTable.MuxerName(format.Container),
                File = path,
                Tracks =
                [
                    .. tracks.All.Select((track, place) => new MuxerTrack(
                        _encoders[place]?.Output ?? track.First.Parameters, _encoders[place]?.TimeBase ?? track.First.TimeBase, track.First.Language)),
                ],
            });
        }
        catch
        {
            _encoders.ForEach(encoder => encoder?.Dispose());
            throw;
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="ExportRefusedException">One file cannot hold what was recorded.</exception>
    /// <exception cref="FFmpegException">What is there cannot be read, or the file cannot be written.</exception>
    public static void Write(ExportPlan plan, ExportFormat format, string path, CancellationToken cancellationToken)
    {
        // Which tracks there are is known only when all parts were looked at.
        var tracks = ExportTracks.Of([.. plan.Parts.Select(part => part.ReadStreams())], format);
        using var writer = new ExportWriter(plan, tracks, format, path);
        for (var part = 0; part < plan.Parts.Count; part++)
        {
            writer.Add(plan.Parts[part], tracks.PlacesOf(part), cancellationToken);
        }

        writer.Finish();
    }

    public void Dispose()
    {
        foreach (var packet in _held.SelectMany(queue => queue))
        {
            packet.Batch.Release();
        }

        _held.Clear();
        _encoders.ForEach(encoder => encoder?.Dispose());
        _muxer.Dispose();
    }

    private void Add(ExportPart part, IReadOnlyList<int> places, CancellationToken cancellationToken)
    {
        var (demuxer, feed) = part.Begin();
        using (feed)
        using (demuxer)
        {
            var streams = new StreamOf[places.Count];
            for (var i = 0; i < streams.Length; i++)
            {
                streams[i] = Begin(demuxer.Streams[i], places[i]);
            }

            var leader = ExportTracks.Leader(demuxer.Streams);
            var begun = !_plan.CutsBegin;
            while (Array.Exists(streams, stream => !stream.HasEnded))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = PacketBatch.Rent();
                try
                {
                    if (demuxer.Read(batch) == ReadResult.EndOfStream)
                    {
                        break;
                    }

                    if (batch.Count > 0 && batch[0].Track < streams.Length)
                    {
                        Place(batch, part, streams[batch[0].Track], batch[0].Track == leader, ref begun);
                    }
                }
                finally
                {
                    batch.Release();
                }
            }
        }
    }

    private StreamOf Begin(StreamInfo stream, int place)
    {
        if (place >= 0 && _encoders[place] is { } encoder)
        {
            Encode(place, output => encoder.Become(stream, output));
        }

        return new StreamOf(stream.TimeBase, place)
        {
            HasEnded = place < 0,
            Sets = place >= 0 && _tracks.All[place].HasSetsInBand ? ExportTracks.SetsOf(stream.Parameters)?.Units : null,
        };
    }

    private void Place(PacketBatch batch, ExportPart part, StreamOf stream, bool isLeader, ref bool begun)
    {
        var info = batch[0];
        var shown = info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts;
        var decoded = info.Dts == PacketInfo.NoTimestamp ? info.Pts : info.Dts;
        if (shown == PacketInfo.NoTimestamp || stream.HasEnded)
        {
            return;
        }

        var units = stream.TimeBase.FromTimeSpan(part.Shift);
        var time = stream.TimeBase.ToTimeSpan(decoded + units);
        if (time >= _plan.Length || time >= part.To)
        {
            stream.HasEnded = true;
            return;
        }

        // A millisecond, because the containers round to it.
        var isBefore = _plan.CutsBegin && stream.TimeBase.ToTimeSpan(shown + units) < (part.From ?? TimeSpan.Zero) - TimeSpan.FromMilliseconds(1);
        begun |= isLeader && info.Key && !isBefore;
        if (isBefore || (isLeader && !begun))
        {
            return;
        }

        if (_encoders[stream.Place] is { } encoder)
        {
            Encode(stream.Place, output => encoder.Write(batch, shown + units, output));
            return;
        }

        var target = _tracks.All[stream.Place].First.TimeBase;
        Hold(stream.Place, stream.Sets is { } sets && info.Key ? WithSets(batch, sets) : batch.AddRef(), new Times(
            stream.TimeBase.Rescale(shown + units, target), stream.TimeBase.Rescale(decoded + units, target), stream.TimeBase.Rescale(info.Duration, target)), time);
    }

    private static PacketBatch WithSets(PacketBatch batch, byte[] sets)
    {
        var (info, copy) = (batch[0], PacketBatch.Rent());
        var bytes = copy.AddUninitialized(sets.Length + info.Size, info.Track, info.Pts, info.Dts, info.Duration, info.Key);
        sets.CopyTo(bytes);
        batch.Data(0).CopyTo(bytes[sets.Length..]);
        return copy;
    }

    private void Encode(int place, Action<PacketBatch> encode)
    {
        var encoded = PacketBatch.Rent();
        try
        {
            encode(encoded);
            for (var i = 0; i < encoded.Count; i++)
            {
                var one = PacketBatch.Rent();
                one.Append(encoded, i);
                var info = encoded[i];
                Hold(place, one, new Times(info.Pts, info.Dts, info.Duration), _encoders[place]!.TimeBase.ToTimeSpan(info.Dts));
            }
        }
        finally
        {
            encoded.Release();
        }
    }

    private void Hold(int place, PacketBatch batch, Times times, TimeSpan time)
    {
        _held[place].Enqueue(new Packet(batch, times, time));
        _heldBytes += batch[0].Size;
        while (_held.TrueForAll(queue => queue.Count > 0) || _heldBytes > MostHeld)
        {
            WriteNext();
        }
    }

    private void Finish()
    {
        for (var place = 0; place < _encoders.Count; place++)
        {
            if (_encoders[place] is { } encoder)
            {
                Encode(place, encoder.Finish);
            }
        }

        while (_held.Exists(queue => queue.Count > 0))
        {
            WriteNext();
        }

        _muxer.Finish();
    }

    private void WriteNext()
    {
        var place = -1;
        for (var i = 0; i < _held.Count; i++)
        {
            place = _held[i].Count > 0 && (place < 0 || _held[i].Peek().Time < _held[place].Peek().Time) ? i : place;
        }

        var next = _held[place].Dequeue();
        _heldBytes -= next.Batch[0].Size;
        try
        {
            _muxer.Write(next.Batch, 0, place, next.Times.Shown, next.Times.Decoded, next.Times.Duration);
        }
        finally
        {
            next.Batch.Release();
        }
    }

    private readonly record struct Times(long Shown, long Decoded, long Duration);

    private readonly record struct Packet(PacketBatch Batch, Times Times, TimeSpan Time);

    /// <summary>A stream of the part that is read.</summary>
    private sealed class StreamOf(Rational timeBase, int place)
    {
        public Rational TimeBase => timeBase;

        public int Place => place;

        public byte[]? Sets { get; init; }

        public bool HasEnded { get; set; }
    }
}
