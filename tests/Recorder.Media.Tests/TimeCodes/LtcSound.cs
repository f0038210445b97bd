using System.Runtime.InteropServices;
using System.Text;
using Recorder.Contracts;

namespace Recorder.Media.Tests.TimeCodes;

/// <summary>Linear time code as Debian's libltc writes it: an encoder that knows nothing of our decoder.</summary>
internal static class LtcSound
{
    private const int FilmStandard = 3;
    private const int PalStandard = 1;
    private const int NtscStandard = 0;
    private const int KeepUserBits = 4;

    /// <summary>Frames from a time code on, one after another.</summary>
    public static float[] Of(TimeCode from, int count, int sampleRate, double decibels = -3)
    {
        var perSecond = (double)from.Rate.Numerator / from.Rate.Denominator;
        var standard = from.Rate.Nominal switch { 24 => FilmStandard, 25 => PalStandard, _ => NtscStandard };

        // The encoder sets the bit of drop-frame whenever the rate is 29.97. Without, the same sound is that of 30 at a higher sample rate.
        var encoder = from.IsDropFrame || !from.Rate.IsNtsc
            ? Native.ltc_encoder_create(sampleRate, perSecond, standard, KeepUserBits)
            : Native.ltc_encoder_create(sampleRate * 1.001, from.Rate.Nominal, standard, KeepUserBits);
        encoder.ShouldNotBe(0);
        try
        {
            Native.ltc_encoder_set_volume(encoder, decibels).ShouldBe(0);
            var buffer = new byte[(int)Native.ltc_encoder_get_buffersize(encoder)];
            var sound = new List<float>();
            for (var i = 0; i < count; i++)
            {
                Native.ltc_encoder_set_timecode(encoder, Smpte(from.Add(i)));
                Native.ltc_encoder_encode_frame(encoder);
                var length = Native.ltc_encoder_copy_buffer(encoder, buffer);
                sound.AddRange(buffer.Take(length).Select(sample => (sample - 128) / 128f));
            }

            return [.. sound];
        }
        finally
        {
            Native.ltc_encoder_free(encoder);
        }
    }

    // SMPTETimecode: six characters of a time zone, years, months, days, hours, minutes, seconds, frame.
    private static byte[] Smpte(TimeCode timeCode)
    {
        var text = timeCode.ToString();
        byte Number(int at) => byte.Parse(text.AsSpan(at, 2), System.Globalization.CultureInfo.InvariantCulture);
        return [.. Encoding.ASCII.GetBytes("+0000\0"), 0, 0, 0, Number(0), Number(3), Number(6), Number(9)];
    }

    private static class Native
    {
        private const string Library = "libltc.so.11";

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nint ltc_encoder_create(double sampleRate, double fps, int standard, int flags);

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ltc_encoder_set_volume(nint encoder, double decibels);

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void ltc_encoder_set_timecode(nint encoder, byte[] timeCode);

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void ltc_encoder_encode_frame(nint encoder);

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ltc_encoder_copy_buffer(nint encoder, [Out] byte[] buffer);

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern nuint ltc_encoder_get_buffersize(nint encoder);

        [DllImport(Library)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void ltc_encoder_free(nint encoder);
    }
}
