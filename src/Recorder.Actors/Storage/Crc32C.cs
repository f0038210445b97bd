using System.Buffers.Binary;
using System.Numerics;

namespace Recorder.Actors.Storage;

/// <summary>Computes CRC-32C (Castagnoli, as in iSCSI and ext4), with the processor's instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of no bytes.</summary>
    public const uint Empty = 0;

    /// <summary>Extends the checksum <paramref name="crc"/> by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);

        return ~crc;
    }
}
