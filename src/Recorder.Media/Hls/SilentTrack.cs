using Recorder.Media.Mp4;

namespace Recorder.Media.Hls;

/// <summary>Writes the boxes that describe a silent track in the header of a file without sound.</summary>
internal static class SilentTrack
{
    private const uint Smhd = 0x736d6864, Dinf = 0x64696e66, Dref = 0x64726566, Url = 0x75726c20, Stts = 0x73747473, Stsc = 0x73747363,
        Stsz = 0x7374737a, Stco = 0x7374636f, Soun = 0x736f756e;

    public static void WriteTrack(Mp4Writer output, SilentSound sound, uint id)
    {
        var trak = output.Begin(Mp4Box.Trak);
        // Flags: enabled, and part of the movie.
        var tkhd = output.Begin(Mp4Box.Tkhd, 3);
        output.Numbers(0, 0, id, 0, 0, 0, 0, 1, 0x01000000);
        output.Numbers(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000, 0, 0);
        output.End(tkhd);
        var mdia = output.Begin(Mp4Box.Mdia);
        output.Box(Mp4Box.Mdhd, 0, 0, 0, sound.Rate, 0, 0x55c40000);
        var hdlr = output.Begin(Mp4Box.Hdlr, 0);
        output.Numbers(0, Soun, 0, 0, 0);
        output.Raw([0]);
        output.End(hdlr);
        var minf = output.Begin(Mp4Box.Minf);
        output.Box(Smhd, 0, 0);
        var dinf = output.Begin(Dinf);
        var dref = output.Begin(Dref, 0);
        output.Number(1u);
        output.Box(Url, 1);
        output.End(dref);
        output.End(dinf);
        WriteSamples(output, sound);
        output.End(minf);
        output.End(mdia);
        output.End(trak);
    }

    public static void WriteDefaults(Mp4Writer output, uint id) => output.Box(Mp4Box.Trex, 0, id, 1, 0, 0, 0);

    private static void WriteSamples(Mp4Writer output, SilentSound sound)
    {
        var stbl = output.Begin(Mp4Box.Stbl);
        var stsd = output.Begin(Mp4Box.Stsd, 0);
        output.Number(1u);
        var entry = output.Begin(sound.Codec == "opus" ? Mp4SampleEntry.Opus : Mp4SampleEntry.Mp4a);
        output.Numbers(0, 1, 0, 0);
        output.Short(sound.Channels == 7 ? 8 : sound.Channels);
        output.Short(16);
        output.Number(0u);
        // The field has 16 bits before the point; a higher rate stands only in the codec's own configuration.
        output.Number(sound.Rate > ushort.MaxValue ? 0 : sound.Rate << 16);
        WriteConfiguration(output, sound);
        output.End(entry);
        output.End(stsd);
        output.Box(Stts, 0, 0);
        output.Box(Stsc, 0, 0);
        output.Box(Stsz, 0, 0, 0);
        output.Box(Stco, 0, 0);
        output.End(stbl);
    }

    private static void WriteConfiguration(Mp4Writer output, SilentSound sound)
    {
        if (sound.Codec == "opus")
        {
            var header = output.Begin(Mp4SampleEntry.DOps);
            output.Raw([0, (byte)sound.Channels]);
            output.Short(0);
            output.Number(sound.Rate);
            output.Raw([0, 0, 0]);
            output.End(header);
            return;
        }

        // Descriptors of ISO 14496-1, 7.2.6: elementary stream, decoder with buffer size and bit rates, decoder-specific
        // configuration, sync layer.
        var esds = output.Begin(Mp4SampleEntry.Esds, 0);
        output.Raw([3, 25, 0, 0, 0]);
        output.Raw([4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        output.Raw([5, 2, .. sound.AacConfiguration]);
        output.Raw([6, 1, 2]);
        output.End(esds);
    }
}
