using Recorder.FFmpeg;

namespace Recorder.Media.Export;

/// <summary>A packet that belongs to an export, valid for the call that gets it.</summary>
/// <param name="Batch">A batch of this packet alone.</param>
/// <param name="Track">The track of the export that it goes into.</param>
/// <param name="TimeBase">The time base of <paramref name="Shown"/> and <paramref name="Decoded"/>, on the export's timeline.</param>
/// <param name="Time">When it is decoded.</param>
/// <param name="ParameterSets">What must stand before its frame, because the file's header has other parameter sets; null for nothing.</param>
internal readonly record struct ExportPacket(
    PacketBatch Batch, int Track, Rational TimeBase, long Shown, long Decoded, TimeSpan Time, byte[]? ParameterSets)
{
    public PacketInfo Info => Batch[0];

    /// <summary>The packet with its parameter sets, in a batch that the caller releases.</summary>
    public PacketBatch Keep()
    {
        if (ParameterSets is not { } sets)
            return Batch.AddRef();

        var (packet, copy) = (Batch[0], PacketBatch.Rent());
        var size = sets.Length + packet.Size;
        var bytes = copy.AddUninitialized(size, packet.Track, packet.Pts, packet.Dts, packet.Duration, packet.Key);
        sets.CopyTo(bytes);
        Batch.Data(0).CopyTo(bytes[sets.Length..]);
        return copy;
    }
}
