using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>Writes a recording as one file; copies packets, or encodes them if asked. Blocks its thread.</summary>
internal sealed class ExportWriter : IDisposable
{
    private readonly ExportTracks _tracks;
    private readonly Muxer _muxer;
    private readonly ExportQueues _queues;
    private readonly List<ExportEncoder?> _encoders = [];

    private ExportWriter(ExportTracks tracks, ExportFormat format, string path)
    {
        _tracks = tracks;
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
        var tracks = ExportReader.TracksOf(plan, format);
        using var writer = new ExportWriter(tracks, format, path);
        new ExportReader(plan, tracks).Read(writer.Add, cancellationToken, writer.Begin);
        writer.Finish();
    }

    public void Dispose()
    {
        _queues.Dispose();
        _encoders.ForEach(encoder => encoder?.Dispose());
        _muxer.Dispose();
    }

    private void Begin(int track, StreamInfo stream)
    {
        if (_encoders[track] is { } encoder)
            Encode(track, output => encoder.SwitchTo(stream, output));
    }

    private void Add(ExportPacket packet)
    {
        if (_encoders[packet.Track] is { } encoder)
        {
            Encode(packet.Track, output => encoder.Write(packet.Batch, packet.Shown, output));
            return;
        }

        var timeBase = _tracks.All[packet.Track].First.TimeBase;
        var times = new PacketTimes(
            packet.TimeBase.Rescale(packet.Shown, timeBase), packet.TimeBase.Rescale(packet.Decoded, timeBase),
            packet.TimeBase.Rescale(packet.Info.Duration, timeBase));
        _queues.Add(packet.Track, packet.Keep(), times, packet.Time);
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
}
