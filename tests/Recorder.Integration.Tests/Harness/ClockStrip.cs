using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>Reads the clock strip in the pictures of <c>eng/clock-camera</c>, whose <c>--help</c> describes it.</summary>
public static class ClockStrip
{
    private const int TimeBits = 44;
    private const int Blocks = TimeBits + 8;
    private const int Height = 24;
    private const byte Polynomial = 0x07;

    /// <summary>The moment of each frame of each recording, as its picture says it. One start of ffmpeg reads all.</summary>
    /// <param name="recordings">The files of each, in order.</param>
    public static async Task<IReadOnlyList<IReadOnlyList<DateTimeOffset>>> ReadAsync(
        TestFolder folder, IReadOnlyList<IReadOnlyList<string>> recordings, int width = 320)
    {
        List<string> files = [.. recordings.SelectMany(extents => extents)];
        List<string> strips = [.. files.Select((_, index) => folder.File($"strip-{index}.gray"))];
        await Command.FFmpegAsync(
        [
            .. files.SelectMany(file => (string[])["-i", file]),
            .. strips.SelectMany((strip, index) => (string[])
            [
                "-map", string.Create(CultureInfo.InvariantCulture, $"{index}:v:0"), "-vf", $"crop={width}:{Height}:0:0", "-vsync", "passthrough",
                "-f", "rawvideo", "-pix_fmt", "gray", strip,
            ]),
        ]);
        var moments = files.Zip(strips, (file, strip) => (file, strip)).ToDictionary(pair => pair.file, pair => Moments(File.ReadAllBytes(pair.strip), width, pair.file));
        return [.. recordings.Select(extents => extents.SelectMany(file => moments[file]).ToList())];
    }

    /// <summary>Reads the top of one picture.</summary>
    /// <param name="pixels">24 rows of grey pixels.</param>
    /// <returns>Null when its check bits do not fit.</returns>
    public static DateTimeOffset? Decode(ReadOnlySpan<byte> pixels, int width)
    {
        var block = width / (Blocks + 1);
        var left = (width - (Blocks * block)) / 2;
        var bits = 0UL;
        for (var index = 0; index < Blocks; index++)
            bits = (bits << 1) | (IsWhite(pixels, width, left + (index * block), block) ? 1UL : 0);

        var milliseconds = (long)(bits >> 8);
        return Check(milliseconds) == (byte)bits ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    private static List<DateTimeOffset> Moments(byte[] pictures, int width, string name)
    {
        var size = width * Height;
        pictures.Length.ShouldBeGreaterThan(0, $"{name} has no picture");
        return [.. Enumerable.Range(0, pictures.Length / size).Select(frame => Decode(pictures.AsSpan(frame * size, size), width)
            ?? throw new ShouldAssertException($"The clock strip of frame {frame} in {name} cannot be read."))];
    }

    // The middle of a block: its edges are blurred by compression.
    private static bool IsWhite(ReadOnlySpan<byte> pixels, int width, int left, int block)
    {
        var (sum, count) = (0, 0);
        for (var row = Height / 4; row < Height * 3 / 4; row++)
        {
            for (var column = left + (block / 4); column < left + block - (block / 4); column++)
                (sum, count) = (sum + pixels[(row * width) + column], count + 1);
        }

        return sum > 126 * count;
    }

    private static byte Check(long milliseconds)
    {
        var value = 0;
        for (var shift = 40; shift >= 0; shift -= 8)
        {
            value ^= (int)(milliseconds >> shift) & 0xff;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 0x80) != 0 ? ((value << 1) ^ Polynomial) & 0xff : value << 1;
        }

        return (byte)value;
    }
}
