using Microsoft.Win32.SafeHandles;

namespace Recorder.Media.Scanning;

/// <summary>The complete fragments at the end of an extent. Damaged files are scanned up to the damage, without an exception.</summary>
/// <param name="End">Where the last whole fragment ends; where the scan began when there is none.</param>
/// <param name="Starts">Time of the first sample there, counted from the extent's first; null without media.</param>
internal sealed record ExtentScan(long End, TimeSpan? Starts, TimeSpan? Ends, bool Key)
{
    // No recorder writes a longer element: a length beyond it is damage.
    private const long MaxElementBytes = 1L << 30;

    // No recorder writes so many zeros at the end of a fragment.
    private const int ZerosOfHole = 512;

    /// <summary>Scans an extent's header, its first fragment, and all fragments from a boundary between two on.</summary>
    public static ExtentScan Of(string path, long from)
    {
        using var file = LocalMedia.OpenHandle(path);
        return path.EndsWith(".mp4", StringComparison.Ordinal) ? Mp4Scan.Run(file, from) : MatroskaScan.Run(file, from);
    }

    /// <summary>Reads a range; null when the file ends before, or the length can only be damage.</summary>
    public static byte[]? Bytes(SafeFileHandle file, long offset, long length)
    {
        if (length is < 0 or > MaxElementBytes || offset + length > RandomAccess.GetLength(file))
            return null;

        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            if (count == 0)
                return null;

            read += count;
        }

        return bytes;
    }

    /// <summary>Whether a range ends with zeros, which a power cut leaves where the file grew before its bytes.</summary>
    public static bool EndsInHole(SafeFileHandle file, long end, long length)
    {
        var tail = length < ZerosOfHole ? null : Bytes(file, end - ZerosOfHole, ZerosOfHole);
        return tail is not null && !tail.AsSpan().ContainsAnyExcept((byte)0);
    }
}
