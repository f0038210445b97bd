using System.Text;

namespace Recorder.FFmpeg.Tests;

/// <summary>Bodies as cameras send them, in every way to cut them into pieces.</summary>
public sealed class MultipartPicturesSpecs
{
    // A small picture inside a segment, coded data with stuffing, a restart and fill bytes, the end.
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
    public void Each_picture_is_whole_and_its_time_is_that_of_its_first_byte(string name, string body)
    {
        name.ShouldNotBeEmpty();
        var bytes = Encoding.Latin1.GetBytes(body);
        var begins = Enumerable.Range(0, bytes.Length - Jpeg.Length + 1).Where(at => bytes.AsSpan(at, Jpeg.Length).SequenceEqual(Jpeg)).ToList();
        begins.Count.ShouldBe(3);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var found = Read(new MultipartPictures(), bytes, piece);

            found.ShouldBe(begins.Select(at => (true, Jpeg.Length, at / piece)), $"{piece} bytes at a time");
        }
    }

    [Fact]
    public void A_picture_does_not_wait_for_the_next_one()
    {
        var pictures = new MultipartPictures();

        Read(pictures, [.. "--frame\r\n\r\n"u8, .. Jpeg], piece: 1).ShouldHaveSingleItem();

        (pictures.Width, pictures.Height, pictures.HasRest).ShouldBe((320, 240, false));
    }

    [Theory]
    [InlineData("--frame\r\nContent-Length: {0}\r\n\r\n")]
    [InlineData("--frame\r\n\r\n")]
    public void A_picture_that_was_cut_is_not_whole_and_those_around_it_are(string header)
    {
        header = string.Format(null, header, Jpeg.Length);
        for (var cut = 3; cut < Jpeg.Length; cut++)
        {
            byte[] bytes = [.. Ascii(header), .. Jpeg, .. "\r\n"u8, .. Ascii(header), .. Jpeg[..cut], .. "\r\n"u8, .. Ascii(header), .. Jpeg, .. "\r\n--frame"u8];

            Read(new MultipartPictures(), bytes, piece: 7).Select(picture => picture.IsWhole).ShouldBe([true, false, true], $"{cut} bytes");
        }
    }

    // Some cameras leave out the two bytes that end a picture.
    [Fact]
    public void A_picture_without_an_end_of_its_own_is_whole_where_its_length_says_so()
    {
        var part = Ascii($"--frame\r\nContent-Length: {Jpeg.Length - 2}\r\n\r\n");

        Read(new MultipartPictures(), [.. part, .. Jpeg[..^2], .. "\r\n"u8, .. part, .. Jpeg[..^2], .. "\r\n--frame"u8], piece: 3)
            .Select(picture => (picture.IsWhole, picture.Length)).ShouldBe([(true, Jpeg.Length - 2), (true, Jpeg.Length - 2)]);
    }

    [Fact]
    public void Half_a_picture_at_the_end_is_told()
    {
        var pictures = new MultipartPictures();

        Read(pictures, [.. "--frame\r\n\r\n"u8, .. Jpeg[..20]], piece: 5).ShouldBeEmpty();

        pictures.HasRest.ShouldBeTrue();
    }

    [Theory]
    [InlineData("--frame\r\nContent-Length: 2000000000\r\n\r\n\u00ff")]
    [InlineData("--frame\r\n\r\n\u00ff\u00d8\u00ff\u00da\0\u0002")]
    [InlineData("--frame\r\nX: ")]
    public void What_no_camera_sends_is_refused_before_it_fills_the_memory(string beginning)
    {
        var pictures = new MultipartPictures();
        var bytes = Encoding.Latin1.GetBytes(beginning + new string('x', 100_000));

        Should.Throw<FFmpegException>(() =>
        {
            for (var sent = 0; sent < 100 << 20; sent += bytes.Length)
            {
                Read(pictures, sent == 0 ? bytes : bytes[beginning.Length..], piece: bytes.Length);
            }
        });
    }

    private static string Camera(string header, string end) =>
        string.Concat(Enumerable.Repeat(string.Format(null, header, Jpeg.Length) + Encoding.Latin1.GetString(Jpeg) + end, 3));

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static List<(bool IsWhole, int Length, int Piece)> Read(MultipartPictures pictures, byte[] bytes, int piece)
    {
        var found = new List<(bool, int, int)>();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            while (part.Length > 0)
            {
                var room = pictures.Room();
                var taken = part[..Math.Min(room.Length, part.Length)];
                taken.CopyTo(room);
                pictures.Added(taken.Length, at / piece);
                part = part[taken.Length..];
                while (pictures.TryTake())
                {
                    found.Add((pictures.IsWhole, pictures.Picture.Length, (int)pictures.ArrivedAt));
                }
            }
        }

        return found;
    }
}
