using System.Globalization;

namespace Recorder.Rtsp.Tests.Fuzzing;

/// <summary>Damages bytes as networks, firmware and attackers do. <c>RTSP_FUZZ</c> is how many rounds to go instead of the few of the short
/// form, <c>RTSP_FUZZ_SEED</c> the seed of the first round.</summary>
internal static class Mutator
{
    private const int MostMutations = 6;
    private const int MostBytes = 1 << 20;

    private static readonly byte[] Special = "\0\r\n\t $\";:,=/-*%@\\0129\x7f"u8.ToArray();
    private static readonly byte[][] Words =
    [
        "\r\n\r\n"u8.ToArray(), "RTSP/1.0 200 OK\r\n"u8.ToArray(), "Content-Length: 4294967296\r\n"u8.ToArray(), "-1"u8.ToArray(),
        "99999999999999999999"u8.ToArray(), "$\0\0\x04"u8.ToArray(), "m=video 0 RTP/AVP 96\r\n"u8.ToArray(), "a=fmtp:96 "u8.ToArray(),
        "url="u8.ToArray(), "Digest "u8.ToArray(), "\"\""u8.ToArray(), "://"u8.ToArray(), [0xff, 0xfe, 0x80, 0xc3], [0x80, 0xe0, 0, 0],
    ];

    /// <summary>A damaged copy, which may be empty or longer.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> bytes)
    {
        var result = new List<byte>(bytes.Length + 64);
        result.AddRange(bytes);
        for (var left = random.Next(1, MostMutations + 1); left > 0; left--)
            MutateOnce(random, result);
        return [.. result];
    }

    /// <summary>Cuts bytes into pieces of any length, as they may be received.</summary>
    public static IEnumerable<Range> Pieces(Random random, int length)
    {
        for (int start = 0, end; start < length; start = end)
        {
            end = Math.Min(length, start + (random.Next(3) == 0 ? 1 : random.Next(1, Math.Max(2, length / 2))));
            yield return start..end;
        }
    }

    public static int Rounds(int shortForm) => Number("RTSP_FUZZ", shortForm);

    /// <summary>Runs rounds, each with its own seed. A failure names the seed that shows it again in the first round.</summary>
    public static void Run(int shortForm, Action<Random> round)
    {
        var first = Number("RTSP_FUZZ_SEED", Random.Shared.Next(1 << 30));
        var rounds = Rounds(shortForm);
        for (var i = 0; i < rounds; i++)
        {
            try
            {
                round(new Random(unchecked(first + i)));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"RTSP_FUZZ_SEED={unchecked(first + i)} shows it again: {e.Message}", e);
            }
        }
    }

    private static void MutateOnce(Random random, List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, random.Next(1, random.Next(4) == 0 ? 256 : 8));
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = Special[random.Next(Special.Length)];
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5 when bytes.Count + length < MostBytes:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 6 when bytes.Count < MostBytes:
                bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
            case 7 when bytes.Count < MostBytes:
                // A byte that is there very often finds what takes time or memory.
                bytes.InsertRange(at, Enumerable.Repeat(Special[random.Next(Special.Length)], random.Next(1, 400)));
                break;
            case 8 when length > 1:
                bytes.Reverse(at, length);
                break;
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number : otherwise;
}
