using Recorder.FFmpeg;

namespace Recorder.Media.Export;

/// <summary>Reads the packets of a plan, part after part, that belong to its tracks and its interval. Blocks its thread.</summary>
internal sealed class ExportReader(ExportPlan plan, ExportTracks tracks)
{
    // Containers round times to milliseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private bool _hasBegun;

    /// <summary>
    /// Whether the interval ends by when frames are shown, and not decoded: to it belong those that are shown before a frame of it, also when they
    /// are decoded later.
    /// </summary>
    public bool EndsWithLastShown { get; init; }

    /// <summary>Lists the tracks of all parts; each part is opened for it.</summary>
    /// <exception cref="ExportRefusedException">One file cannot hold what was recorded.</exception>
    public static ExportTracks TracksOf(ExportPlan plan, ExportFormat format) => ExportTracks.Of([.. plan.Parts.Select(ReadStreams)], format);

    /// <param name="begin">Called when the stream of a part that goes into a track begins.</param>
    public void Read(Action<ExportPacket> take, CancellationToken cancellationToken, Action<int, StreamInfo>? begin = null)
    {
        for (var part = 0; part < plan.Parts.Count; part++)
            Read(plan.Parts[part], tracks.TrackMapOf(part), take, begin, cancellationToken);
    }

    private static IReadOnlyList<StreamInfo> ReadStreams(ExportPart part)
    {
        using var input = new ExportInput(part);
        return input.Streams;
    }

    private void Read(
        ExportPart part, IReadOnlyList<int> trackMap, Action<ExportPacket> take, Action<int, StreamInfo>? begin, CancellationToken cancellationToken)
    {
        using var input = new ExportInput(part);
        PartStream[] streams = [.. input.Streams.Zip(trackMap, Begin)];
        var reference = ExportTracks.ReferenceStream(input.Streams);
        _hasBegun = !plan.CutsBegin;
        var read = new Action<PacketBatch>(batch =>
        {
            if (batch[0].Track < streams.Length && Select(batch, part, streams[batch[0].Track], batch[0].Track == reference) is { } packet)
                take(packet);
        });
        while (Array.Exists(streams, stream => !stream.HasEnded) && input.Read(read))
            cancellationToken.ThrowIfCancellationRequested();

        PartStream Begin(StreamInfo stream, int track)
        {
            if (track < 0)
                return new PartStream(stream.TimeBase, track) { HasEnded = true };

            begin?.Invoke(track, stream);
            return new PartStream(stream.TimeBase, track)
            {
                ParameterSets = tracks.All[track].HasInBandParameterSets ? ExportTracks.ParameterSetsOf(stream.Parameters)?.Units : null,
            };
        }
    }

    private ExportPacket? Select(PacketBatch batch, ExportPart part, PartStream stream, bool isReference)
    {
        var packet = batch[0];
        var shown = packet.Pts == PacketInfo.NoTimestamp ? packet.Dts : packet.Pts;
        var decoded = packet.Dts == PacketInfo.NoTimestamp ? packet.Pts : packet.Dts;
        if (shown == PacketInfo.NoTimestamp || stream.HasEnded)
            return null;

        var shift = stream.TimeBase.FromTimeSpan(part.Shift);
        var time = stream.TimeBase.ToTimeSpan(decoded + shift);
        stream.Delay ??= EndsWithLastShown ? stream.TimeBase.ToTimeSpan(shown - decoded) : TimeSpan.Zero;
        var end = time + stream.Delay;
        if ((end >= plan.Length || end >= part.To) && !(EndsWithLastShown && shown + shift < stream.LastShown))
        {
            stream.HasEnded = true;
            return null;
        }

        var isBefore = plan.CutsBegin && stream.TimeBase.ToTimeSpan(shown + shift) < (part.From ?? TimeSpan.Zero) - Tolerance;
        _hasBegun |= isReference && packet.Key && !isBefore;
        if (isBefore || (isReference && !_hasBegun))
            return null;

        stream.LastShown = isReference ? Math.Max(stream.LastShown, shown + shift) : stream.LastShown;
        return new ExportPacket(batch, stream.Track, stream.TimeBase, shown + shift, decoded + shift, time, packet.Key ? stream.ParameterSets : null);
    }

    private sealed class PartStream(Rational timeBase, int track)
    {
        public Rational TimeBase => timeBase;

        public int Track => track;

        public byte[]? ParameterSets { get; init; }

        /// <summary>How much later the first packet is shown than decoded: by as much is the n-th to be shown later than the n-th is decoded.</summary>
        public TimeSpan? Delay { get; set; }

        /// <summary>The latest time at which a frame of the reference stream is shown.</summary>
        public long LastShown { get; set; } = long.MinValue;

        /// <summary>Whether all packets of the stream that belong to the part were read.</summary>
        public bool HasEnded { get; set; }
    }
}
