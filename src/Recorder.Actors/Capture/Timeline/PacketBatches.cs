using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal static class PacketBatches
{
    public static PacketBatch Slice(PacketBatch batch, int from, int? to = null)
    {
        var slice = PacketBatch.Rent();
        for (var i = from; i < (to ?? batch.Count); i++)
            slice.Append(batch, i);

        return slice;
    }

    public static PacketBatch Replace(PacketBatch batch, List<int> indexes)
    {
        var kept = PacketBatch.Rent();
        foreach (var index in indexes)
            kept.Append(batch, index);

        batch.Release();
        return kept;
    }
}
