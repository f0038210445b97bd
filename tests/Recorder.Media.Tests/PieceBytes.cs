using Recorder.Media.Export;
using Recorder.Media.VirtualFiles;

namespace Recorder.Media.Tests;

/// <summary>Reads the bytes of virtual files.</summary>
internal static class PieceBytes
{
    public static byte[] Read(IEnumerable<MediaPiece> pieces)
    {
        using var feed = new PieceFeed(pieces);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (var read = 0; read >= 0; read = feed.Read(buffer, TimeSpan.Zero))
            bytes.Write(buffer, 0, read);

        return bytes.ToArray();
    }

    public static byte[] Read(VirtualMp4 file) => Read(file.Pieces(0, file.Length));
}
