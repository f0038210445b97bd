namespace Recorder.Media.Mp4;

internal static class SilentFragment
{
    public const int HeaderBytes = 8 + 16 + 8 + 28 + 20 + 20 + 8;

    // Offsets count from the moof, and all samples have the duration, size and flags that the tfhd states.
    private const uint DefaultsAndBase = 0x020000 | 0x08 | 0x10 | 0x20;
    private const uint Independent = 0x02000000;

    /// <param name="start">Decode time of the first frame, in the track's timescale.</param>
    public static byte[] Write(SilentSound sound, uint track, uint sequence, long start, int frames)
    {
        var output = new Mp4Writer();
        var moof = output.Begin(Mp4Box.Moof);
        output.Box(Mp4Box.Mfhd, 0, sequence);
        var traf = output.Begin(Mp4Box.Traf);
        output.Box(Mp4Box.Tfhd, DefaultsAndBase, track, sound.FrameDuration, (uint)sound.Frame.Length, Independent);
        var tfdt = output.Begin(Mp4Box.Tfdt, 1u << 24);
        output.Number(start);
        output.End(tfdt);
        output.Box(Mp4Box.Trun, 1, (uint)frames, HeaderBytes);
        output.End(traf);
        output.End(moof);
        var mdat = output.Begin(Mp4Box.Mdat);
        for (var i = 0; i < frames; i++)
            output.Raw(sound.Frame);

        output.End(mdat);
        return output.ToArray();
    }
}
