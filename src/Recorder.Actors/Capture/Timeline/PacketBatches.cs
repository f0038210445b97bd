using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Makes batches out of parts of other batches.</summary>
internal static class PacketBatches
{
    /// <summary>Makes a new batch of the packets from one index up to, but not including, another, by reference.</summary>
    public static PacketBatch Slice(PacketBatch batch, int from, int? to = null)
    {
        var slice = PacketBatch.Rent();
        for (var i = from; i < (to ?? batch.Count); i++)
            slice.Append(batch, i);

        return slice;
    }

    /// <summary>Makes a new batch of the packets at some indexes, by reference, and releases the old batch.</summary>
    public static PacketBatch Replace(PacketBatch batch, List<int> indexes)
    {
        var kept = PacketBatch.Rent();
        foreach (var index in indexes)
            kept.Append(batch, index);

        batch.Release();
        return kept;
    }
}
