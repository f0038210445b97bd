using System.Text;
using Recorder.Media.Mp4;

namespace Recorder.Media.Export.Editing;

/// <summary>Writes boxes of metadata. FFmpeg would write the keys into <c>udta</c>, where Apple's frameworks do not look for them.</summary>
internal static class MovieMetadata
{
    private const uint Utf8 = 1;

    // XMP specification, part 3: the extended type of the box that has XMP in an MP4.
    private static readonly byte[] XmpType = Convert.FromHexString("BE7ACFCB97A942E89C71999491E3AFAC");

    /// <summary>
    /// Writes the metadata of a movie (QuickTime File Format, "Metadata"): <c>meta</c> with the handler <c>mdta</c>, the keys, and a value for each.
    /// It has no version and flags, as QuickTime defines it; ISO's has them, but Apple's frameworks do not read that one.
    /// </summary>
    public static byte[] Meta(IReadOnlyList<KeyValuePair<string, string>> entries)
    {
        var output = new Mp4Writer();
        var meta = output.Begin(Mp4Box.Meta);
        var handler = output.Begin(Mp4Box.Hdlr, 0);
        output.Numbers(0, Mp4Box.Mdta, 0, 0, 0);
        output.Raw([0]);
        output.End(handler);
        var keys = output.Begin(Mp4Box.Keys, 0);
        output.Number((uint)entries.Count);
        foreach (var (name, _) in entries)
        {
            var key = output.Begin(Mp4Box.Mdta);
            output.Raw(Encoding.UTF8.GetBytes(name));
            output.End(key);
        }

        output.End(keys);
        var values = output.Begin(Mp4Box.Ilst);
        for (var i = 0; i < entries.Count; i++)
        {
            var item = output.Begin((uint)i + 1);
            var data = output.Begin(Mp4Box.Data);
            output.Numbers(Utf8, 0);
            output.Raw(Encoding.UTF8.GetBytes(entries[i].Value));
            output.End(data);
            output.End(item);
        }

        output.End(values);
        output.End(meta);
        return output.ToArray();
    }

    /// <summary>Writes the top-level box that has XMP in an MP4; in a QuickTime file it is in the movie's user data.</summary>
    public static byte[] Xmp(string packet)
    {
        var output = new Mp4Writer();
        var box = output.Begin(Mp4Box.Uuid);
        output.Raw(XmpType);
        output.Raw(Encoding.UTF8.GetBytes(packet));
        output.End(box);
        return output.ToArray();
    }
}
