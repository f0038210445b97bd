using System.Buffers.Binary;
using System.Numerics;

namespace Recorder.Actors.Storage;

/// <summary>CRC-32C (Castagnoli, as in iSCSI and ext4), with the processor's instruction where it has one.</summary>
internal static class Crc32C
{
    public const uint Empty = 0;

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
