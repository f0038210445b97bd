using System.Text;

namespace Recorder.FFmpeg.Tests;

/// <summary>Multipart bodies as cameras send them, cut into pieces of every size.</summary>
public sealed class MultipartFramesSpecs
{
    // An image with a thumbnail inside a segment, and with coded data that has stuffing, a restart marker and fill bytes.
    private static readonly byte[] Jpeg =
    [
        0xff, 0xd8, 0xff, 0xe1, 0, 8, 0xff, 0xd8, 0x0a, 0x2d, 0xff, 0xd9, 0xff, 0xc0, 0, 11, 8, 0, 240, 1, 64, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0,
        63, 0, 1, 2, 0xff, 0, 0x0d, 0x0a, 0xff, 0xd1, 3, 0xff, 0xff, 0xd9,
    ];

    public static TheoryData<string, string> Cameras() => new()
    {
        { "with lengths", Camera("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {0}\r\n\r\n", "\r\n") },
        { "without", Camera("--frame\r\nContent-Type: image/jpeg\r\n\r\n", "\r\n") },
        { "an empty line first", Camera("\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n", "") },
        { "a boundary that begins with dashes of its own", Camera("----frame\r\nContent-Type: image/jpeg\r\nContent-Length: {0}\r\n\r\n", "\r\n") },
        { "line feeds alone", Camera("--frame\nContent-type: image/jpg\ncontent-length : {0}\n\n", "\n") },
        { "no header", Camera("--frame\r\n\r\n", "\r\n") },
        { "a length that is too long", Camera("--frame\r\nContent-Length: 5{0}\r\n\r\n", "\r\n") },
        { "a length that is too short", Camera("--frame\r\nContent-Length: 20\r\n\r\n", "\r\n") },
        { "padding", Camera("--frame\r\nContent-Length: {0}\r\n\r\n", "\0\0\0\n\0\0\r\n") },
        { "text in between", Camera("--frame\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello\r\n--frame\r\nContent-Length: {0}\r\n\r\n", "\r\n") },
    };

    [Theory]
    [MemberData(nameof(Cameras))]
    public void Each_frame_is_whole_and_has_the_arrival_time_of_its_first_byte(string name, string body)
    {
        name.ShouldNotBeEmpty();
        var bytes = Encoding.Latin1.GetBytes(body);
        var begins = Enumerable.Range(0, bytes.Length - Jpeg.Length + 1).Where(at => bytes.AsSpan(at, Jpeg.Length).SequenceEqual(Jpeg)).ToList();
        begins.Count.ShouldBe(3);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var found = Read(new MultipartFrames(), bytes, piece);

            found.ShouldBe(begins.Select(at => (true, Jpeg.Length, at / piece)), $"{piece} bytes at a time");
        }
    }

    [Fact]
    public void A_frame_does_not_wait_for_the_next_one()
    {
        var frames = new MultipartFrames();

        Read(frames, [.. "--frame\r\n\r\n"u8, .. Jpeg], piece: 1).ShouldHaveSingleItem();

        (frames.Width, frames.Height, frames.HasPartialFrame).ShouldBe((320, 240, false));
    }

    [Theory]
    [InlineData("--frame\r\nContent-Length: {0}\r\n\r\n")]
    [InlineData("--frame\r\n\r\n")]
    public void A_cut_frame_is_not_whole_but_its_neighbours_are(string header)
    {
        header = string.Format(null, header, Jpeg.Length);
        for (var cut = 3; cut < Jpeg.Length; cut++)
        {
            byte[] bytes = [.. Ascii(header), .. Jpeg, .. "\r\n"u8, .. Ascii(header), .. Jpeg[..cut], .. "\r\n"u8, .. Ascii(header), .. Jpeg, .. "\r\n--frame"u8];

            Read(new MultipartFrames(), bytes, piece: 7).Select(frame => frame.IsWhole).ShouldBe([true, false, true], $"{cut} bytes");
        }
    }

    // Some cameras omit the end marker of the image.
    [Fact]
    public void A_frame_without_an_end_marker_is_whole_if_it_has_the_stated_length()
    {
        var part = Ascii($"--frame\r\nContent-Length: {Jpeg.Length - 2}\r\n\r\n");

        Read(new MultipartFrames(), [.. part, .. Jpeg[..^2], .. "\r\n"u8, .. part, .. Jpeg[..^2], .. "\r\n--frame"u8], piece: 3)
            .Select(frame => (frame.IsWhole, frame.Length)).ShouldBe([(true, Jpeg.Length - 2), (true, Jpeg.Length - 2)]);
    }

    [Fact]
    public void A_partial_frame_at_the_end_is_reported()
    {
        var frames = new MultipartFrames();

        Read(frames, [.. "--frame\r\n\r\n"u8, .. Jpeg[..20]], piece: 5).ShouldBeEmpty();

        frames.HasPartialFrame.ShouldBeTrue();
    }

    [Theory]
    [InlineData("--frame\r\nContent-Length: 2000000000\r\n\r\n\u00ff")]
    [InlineData("--frame\r\n\r\n\u00ff\u00d8\u00ff\u00da\0\u0002")]
    [InlineData("--frame\r\nX: ")]
    public void A_body_with_oversized_parts_is_refused_before_it_fills_the_memory(string beginning)
    {
        var frames = new MultipartFrames();
        var bytes = Encoding.Latin1.GetBytes(beginning + new string('x', 100_000));

        Should.Throw<FFmpegException>(() =>
        {
            for (var sent = 0; sent < 100 << 20; sent += bytes.Length)
                Read(frames, sent == 0 ? bytes : bytes[beginning.Length..], piece: bytes.Length);
        });
    }

    private static string Camera(string header, string end) =>
        string.Concat(Enumerable.Repeat(string.Format(null, header, Jpeg.Length) + Encoding.Latin1.GetString(Jpeg) + end, 3));

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static List<(bool IsWhole, int Length, int Piece)> Read(MultipartFrames frames, byte[] bytes, int piece)
    {
        var found = new List<(bool, int, int)>();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            while (part.Length > 0)
            {
                var buffer = frames.GetBuffer();
                var taken = part[..Math.Min(buffer.Length, part.Length)];
                taken.CopyTo(buffer);
                frames.Commit(taken.Length, at / piece);
                part = part[taken.Length..];
                while (frames.TryTake())
                    found.Add((frames.IsWhole, frames.Frame.Length, (int)frames.ArrivedAt));
            }
        }

        return found;
    }
}
