using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>Writes a recording as one file; copies packets, or encodes them if asked. Blocks its thread.</summary>
internal sealed class ExportWriter : IDisposable
{
    // Containers round times to milliseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private readonly ExportPlan _plan;
    private readonly ExportTracks _tracks;
    private readonly Muxer _muxer;
    private readonly ExportQueues _queues;
    private readonly List<ExportEncoder?> _encoders = [];
    private bool _hasBegun;

    private ExportWriter(ExportPlan plan, ExportTracks tracks, ExportFormat format, string path)
    {
        (_plan, _tracks) = (plan, tracks);
        try
        {
            foreach (var track in tracks.All)
                _encoders.Add(track.Encode is null ? null : new ExportEncoder(track, _encoders.Count, format.Codecs));

            _muxer = new Muxer(new MuxerOptions
            {
                Format = CodecTable.MuxerName(format.Container),
                File = path,
                Tracks =
                [
                    .. tracks.All.Select(track => track.First).Zip(_encoders, (first, encoder) => new MuxerTrack(
                        encoder?.Output ?? first.Parameters, encoder?.TimeBase ?? first.TimeBase, first.Language)),
                ],
            });
            _queues = new ExportQueues(_muxer, tracks.All.Count);
        }
        catch
        {
            _encoders.ForEach(encoder => encoder?.Dispose());
            throw;
        }
    }

    /// <exception cref="ExportRefusedException">One file cannot hold what was recorded.</exception>
    public static void Write(ExportPlan plan, ExportFormat format, string path, CancellationToken cancellationToken)
    {
        // The header of the file lists the tracks of all parts, so each part is opened twice.
        var tracks = ExportTracks.Of([.. plan.Parts.Select(ReadStreams)], format);
        using var writer = new ExportWriter(plan, tracks, format, path);
        for (var part = 0; part < plan.Parts.Count; part++)
            writer.Add(plan.Parts[part], tracks.TrackMapOf(part), cancellationToken);

        writer.Finish();
    }

    public void Dispose()
    {
        _queues.Dispose();
        _encoders.ForEach(encoder => encoder?.Dispose());
        _muxer.Dispose();
    }

    private static IReadOnlyList<StreamInfo> ReadStreams(ExportPart part)
    {
        using var input = new ExportInput(part);
        return input.Streams;
    }

    private void Add(ExportPart part, IReadOnlyList<int> trackMap, CancellationToken cancellationToken)
    {
        using var input = new ExportInput(part);
        PartStream[] streams = [.. input.Streams.Zip(trackMap, Begin)];
        var reference = ExportTracks.ReferenceStream(input.Streams);
        _hasBegun = !_plan.CutsBegin;
        var take = new Action<PacketBatch>(batch =>
        {
            if (batch[0].Track < streams.Length)
                Add(batch, part, streams[batch[0].Track], batch[0].Track == reference);
        });
        while (Array.Exists(streams, stream => !stream.HasEnded) && input.Read(take))
            cancellationToken.ThrowIfCancellationRequested();
    }

    private PartStream Begin(StreamInfo stream, int track)
    {
        if (track < 0)
            return new PartStream(stream.TimeBase, track) { HasEnded = true };

        if (_encoders[track] is { } encoder)
            Encode(track, output => encoder.SwitchTo(stream, output));

        return new PartStream(stream.TimeBase, track)
        {
            ParameterSets = _tracks.All[track].HasInBandParameterSets
                ? ExportTracks.ParameterSetsOf(stream.Parameters)?.Units
                : null,
        };
    }

    private void Add(PacketBatch batch, ExportPart part, PartStream stream, bool isReference)
    {
        var packet = batch[0];
        var shown = packet.Pts == PacketInfo.NoTimestamp ? packet.Dts : packet.Pts;
        var decoded = packet.Dts == PacketInfo.NoTimestamp ? packet.Pts : packet.Dts;
        if (shown == PacketInfo.NoTimestamp || stream.HasEnded)
            return;

        var shift = stream.TimeBase.FromTimeSpan(part.Shift);
        var time = stream.TimeBase.ToTimeSpan(decoded + shift);
        if (time >= _plan.Length || time >= part.To)
        {
            stream.HasEnded = true;
            return;
        }

        var isBefore = _plan.CutsBegin && stream.TimeBase.ToTimeSpan(shown + shift) < (part.From ?? TimeSpan.Zero) - Tolerance;
        _hasBegun |= isReference && packet.Key && !isBefore;
        if (isBefore || (isReference && !_hasBegun))
            return;

        if (_encoders[stream.Track] is { } encoder)
        {
            Encode(stream.Track, output => encoder.Write(batch, shown + shift, output));
            return;
        }

        var timeBase = _tracks.All[stream.Track].First.TimeBase;
        var times = new PacketTimes(
            stream.TimeBase.Rescale(shown + shift, timeBase), stream.TimeBase.Rescale(decoded + shift, timeBase),
            stream.TimeBase.Rescale(packet.Duration, timeBase));
        var copy = stream.ParameterSets is { } sets && packet.Key ? WithParameterSets(batch, sets) : batch.AddRef();
        _queues.Add(stream.Track, copy, times, time);
    }

    private static PacketBatch WithParameterSets(PacketBatch batch, byte[] sets)
    {
        var (packet, copy) = (batch[0], PacketBatch.Rent());
        var size = sets.Length + packet.Size;
        var bytes = copy.AddUninitialized(size, packet.Track, packet.Pts, packet.Dts, packet.Duration, packet.Key);
        sets.CopyTo(bytes);
        batch.Data(0).CopyTo(bytes[sets.Length..]);
        return copy;
    }

    private void Encode(int track, Action<PacketBatch> encode)
    {
        var encoded = PacketBatch.Rent();
        try
        {
            encode(encoded);
            for (var i = 0; i < encoded.Count; i++)
            {
                var single = PacketBatch.Rent();
                single.Append(encoded, i);
                var packet = encoded[i];
                var times = new PacketTimes(packet.Pts, packet.Dts, packet.Duration);
                _queues.Add(track, single, times, _encoders[track]!.TimeBase.ToTimeSpan(packet.Dts));
            }
        }
        finally
        {
            encoded.Release();
        }
    }

    private void Finish()
    {
        for (var track = 0; track < _encoders.Count; track++)
        {
            if (_encoders[track] is { } encoder)
                Encode(track, encoder.Finish);
        }

        _queues.Drain();
        _muxer.Finish();
    }

    private sealed class PartStream(Rational timeBase, int track)
    {
        public Rational TimeBase => timeBase;

        public int Track => track;

        public byte[]? ParameterSets { get; init; }

        /// <summary>Whether all packets of the stream that belong to the part were read.</summary>
        public bool HasEnded { get; set; }
    }
}
