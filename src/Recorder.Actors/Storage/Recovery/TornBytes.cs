using System.Text;

namespace Recorder.Actors.Storage.Recovery;

/// <summary>Recovery deletes nothing: what it cuts off a file stays beside it in <c>{file}.torn</c>.</summary>
internal static class TornBytes
{
    /// <summary>More than a recorder writes between two fragments: a longer rest is not torn and stays in its file.</summary>
    public const long MaxBytes = 64L << 20;

    public static string PathOf(string path) => path + ".torn";

    /// <summary>Adds text that was cut off, unless an earlier recovery has added it already.</summary>
    public static void Append(string path, byte[] text)
    {
        var torn = PathOf(path);
        if (!File.Exists(torn) || !Encoding.Latin1.GetString(File.ReadAllBytes(torn)).Contains(Encoding.Latin1.GetString(text), StringComparison.Ordinal))
        {
            using var file = new FileStream(torn, FileMode.Append);
            file.Write(text);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Cuts a file off, after the rest is durable beside it.</summary>
    public static void Cut(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        using (var torn = new FileStream(PathOf(path), FileMode.Create))
        {
            file.Position = length;
            file.CopyTo(torn);
            torn.Flush(flushToDisk: true);
        }

        file.SetLength(length);
        file.Flush(flushToDisk: true);
    }

    public static void SetAside(string path) => File.Move(path, PathOf(path), overwrite: true);
}
