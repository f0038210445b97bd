using System.Buffers.Binary;
using System.Diagnostics;

namespace Recorder.Browser.Tests.Field;

/// <summary>Pictures for a scripted camera, as NAL units; each is sent with a number of its own, so that it is found again in a file.</summary>
internal sealed class FieldClip
{
    private const byte Slice = 1;
    private const byte KeySlice = 5;
    private const byte Information = 6;
    private const byte Sequence = 7;
    private const byte Picture = 8;
    private const byte UserData = 5;

    // Of the user data that carries a frame's number.
    private static readonly byte[] Name = "field-frame-no-1"u8.ToArray();

    private FieldClip(IReadOnlyList<IReadOnlyList<byte[]>> frames) => Frames = frames;

    /// <summary>One group of pictures, each frame the units of its picture without parameter sets.</summary>
    public IReadOnlyList<IReadOnlyList<byte[]>> Frames { get; }

    public required byte[] SequenceSet { get; init; }

    public required byte[] PictureSet { get; init; }

    /// <summary>Has one made.</summary>
    public static FieldClip Make(string size, string profile, int frames)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            "-v", "error", "-f", "lavfi", "-i", $"testsrc2=s={size}:r=25", "-frames:v", $"{frames}", "-pix_fmt", "yuv420p", "-c:v", "libx264",
            "-preset", "ultrafast", "-profile:v", profile, "-g", $"{frames}", "-bf", "0", "-x264-params", "slices=1:keyint_min=999:scenecut=0", "-f", "h264", "-"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        var units = Split(bytes.ToArray()).ToList();
        var pictures = units.Where(unit => TypeOf(unit) is Slice or KeySlice).Select(unit => (IReadOnlyList<byte[]>)[unit]).ToList();
        pictures.Count.ShouldBe(frames);
        return new FieldClip(pictures)
        {
            SequenceSet = units.First(unit => TypeOf(unit) == Sequence),
            PictureSet = units.First(unit => TypeOf(unit) == Picture),
        };
    }

    /// <summary>The unit that numbers a frame.</summary>
    public static byte[] Number(int number)
    {
        // Decimal digits: no zeros that would have to be escaped.
        var text = System.Text.Encoding.ASCII.GetBytes($"{number:00000000}");
        return [Information, UserData, (byte)(Name.Length + text.Length), .. Name, .. text, 0x80];
    }

    /// <summary>The number in a frame of a file, whose units stand behind their lengths; null when there is none.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> frame)
    {
        while (frame.Length > 4 && BinaryPrimitives.ReadInt32BigEndian(frame) is var length && length > 0 && length <= frame.Length - 4)
        {
            var unit = frame.Slice(4, length);
            if (TypeOf(unit) == Information && unit.IndexOf(Name) is >= 0 and var at)
                return int.Parse(unit.Slice(at + Name.Length, 8), System.Globalization.CultureInfo.InvariantCulture);

            frame = frame[(4 + length)..];
        }

        return null;
    }

    private static int TypeOf(ReadOnlySpan<byte> unit) => unit[0] & 0x1f;

    private static IEnumerable<byte[]> Split(byte[] stream)
    {
        var at = stream.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        while (at >= 0)
        {
            var begin = at + 3;
            var next = stream.AsSpan(begin).IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
            at = next < 0 ? -1 : begin + next;
            yield return stream.AsSpan(begin..(at < 0 ? stream.Length : at)).TrimEnd((byte)0).ToArray();
        }
    }
}
