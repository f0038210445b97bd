using System.Globalization;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Paints planar yuv420p: eight colour bars, a grey ramp below, a white line that crosses the frame once in two seconds,
/// and a box with the media time and the frame's number.</summary>
internal sealed class TestPatternPainter(int width, int height, Rational rate)
{
    private const byte Black = 16;
    private const byte White = 235;
    private const byte Neutral = 128;

    // White, yellow, cyan, green, magenta, red, blue and black at 75 %, in BT.601.
    private static readonly (byte Y, byte U, byte V)[] Bars =
    [
        (180, 128, 128), (162, 44, 142), (131, 156, 44), (112, 72, 58), (84, 184, 198), (65, 100, 212), (35, 212, 114), (16, 128, 128),
    ];

    private readonly byte[] _background = Background(width, height);
    private readonly char[] _text = new char[32];

    public void Paint(Span<byte> frame, long number)
    {
        _background.CopyTo(frame);
        var luma = frame[..(width * height)];
        PaintLine(luma, number);

        // The text is as large as it can be: 13 glyphs of 6 columns and a margin.
        var scale = Math.Max(1, Math.Min(width / (14 * BitmapFont.Advance), height / (4 * BitmapFont.Rows)));
        var time = TimeSpan.FromTicks((long)((Int128)number * rate.Den * TimeSpan.TicksPerSecond / rate.Num));
        _ = _text.AsSpan().TryWrite(
            CultureInfo.InvariantCulture, $@"{(long)time.TotalHours:00}:{time:mm\:ss\.fff}", out var length);
        var top = (height / 2) - (scale * BitmapFont.Rows * 3 / 2);
        PaintText(frame, _text.AsSpan(0, length), top, scale);
        number.TryFormat(_text, out length, "00000000", CultureInfo.InvariantCulture);
        PaintText(frame, _text.AsSpan(0, length), top + (scale * (BitmapFont.Rows + 3)), scale);
    }

    private static byte[] Background(int width, int height)
    {
        var frame = new byte[width * height * 3 / 2];
        var luma = frame.AsSpan(0, width * height);
        var u = frame.AsSpan(width * height, width * height / 4);
        var v = frame.AsSpan(width * height * 5 / 4);
        var ramp = height * 3 / 4;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                luma[(y * width) + x] = y < ramp ? Bars[x * Bars.Length / width].Y : (byte)(Black + ((White - Black) * x / width));
        }

        for (var y = 0; y < height / 2; y++)
        {
            for (var x = 0; x < width / 2; x++)
            {
                var bar = Bars[x * Bars.Length / (width / 2)];
                var at = (y * (width / 2)) + x;
                (u[at], v[at]) = y * 2 < ramp ? (bar.U, bar.V) : (Neutral, Neutral);
            }
        }

        return frame;
    }

    private void PaintLine(Span<byte> luma, long number)
    {
        var period = Math.Max(2, (long)Math.Round(rate.Value * 2));
        var thickness = Math.Max(2, width / 160);
        var x = (int)(number % period * (width - thickness) / (period - 1));
        for (var y = 0; y < height; y++)
            luma.Slice((y * width) + x, thickness).Fill(White);
    }

    private void PaintText(Span<byte> frame, ReadOnlySpan<char> text, int top, int scale)
    {
        var span = ((text.Length * BitmapFont.Advance) + 1) * scale;
        var left = Math.Max(0, (width - span) / 2 / 2 * 2);
        Box(frame, left, top - scale, Math.Min(span, width - left), (BitmapFont.Rows + 2) * scale);
        for (var i = 0; i < text.Length; i++)
        {
            for (var row = 0; row < BitmapFont.Rows; row++)
            {
                for (var column = 0; column < BitmapFont.Columns; column++)
                {
                    if (BitmapFont.IsSet(text[i], column, row))
                        Dot(frame, left + (((i * BitmapFont.Advance) + column + 1) * scale), top + (row * scale), scale);
                }
            }
        }
    }

    private void Dot(Span<byte> frame, int x, int y, int size)
    {
        var span = Math.Min(size, width - x);
        for (var row = Math.Max(0, y); span > 0 && row < Math.Min(height, y + size); row++)
            frame.Slice((row * width) + x, span).Fill(White);
    }

    private void Box(Span<byte> frame, int left, int top, int span, int rows)
    {
        var (first, last) = (Math.Max(0, top), Math.Min(height, top + rows));
        var chroma = width * height;
        for (var y = first; y < last; y++)
        {
            frame.Slice((y * width) + left, span).Fill(Black);
            var at = chroma + (y / 2 * (width / 2)) + (left / 2);
            frame.Slice(at, span / 2).Fill(Neutral);
            frame.Slice(at + (chroma / 4), span / 2).Fill(Neutral);
        }
    }
}
