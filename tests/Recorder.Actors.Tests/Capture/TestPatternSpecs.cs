using System.Text;
using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class TestPatternSpecs
{
    [Fact]
    public void Video_and_sound_are_exact_from_zero_and_end_together()
    {
        using var input = new TestPatternInput(SourceUri.Parse("test:?size=64x64&rate=30000/1001&duration=2s"));
        var (frames, samples) = (0L, 0L);
        var batch = PacketBatch.Rent();
        while (input.Read(batch) == ReadResult.Appended)
        {
            var info = batch[batch.Count - 1];
            if (info.Track == 0)
            {
                info.Pts.ShouldBe(frames++);
                info.Size.ShouldBe(64 * 64 * 3 / 2);
                info.Key.ShouldBeTrue();
            }
            else
            {
                info.Pts.ShouldBe(samples);
                samples += info.Duration;
                info.Size.ShouldBe((int)info.Duration * 4);
            }
        }

        frames.ShouldBe(60);
        samples.ShouldBe(96000);
        batch[0].Track.ShouldBe(0);
        input.Streams[0].TimeBase.ShouldBe(new Rational(1001, 30000));
        batch.Release();
    }

    [Fact]
    public void Packets_are_in_the_order_of_their_times()
    {
        using var input = new TestPatternInput(SourceUri.Parse("test:?size=64x64&duration=1s"));
        var batch = PacketBatch.Rent();
        var last = TimeSpan.Zero;
        while (input.Read(batch) == ReadResult.Appended)
        {
            var info = batch[batch.Count - 1];
            var at = input.Streams[info.Track].TimeBase.ToTimeSpan(info.Dts);
            at.ShouldBeGreaterThanOrEqualTo(last);
            last = at;
        }

        batch.Release();
    }

    [Fact]
    public void The_tone_has_its_pitch_and_no_click()
    {
        using var input = new TestPatternInput(SourceUri.Parse("test:?video=off&tone=1000&samplerate=8000&channels=1&duration=3s"));
        var batch = PacketBatch.Rent();
        while (input.Read(batch) == ReadResult.Appended)
        {
        }

        var samples = new List<short>();
        for (var i = 0; i < batch.Count; i++)
            samples.AddRange(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(batch.Data(i)).ToArray());

        batch.Release();
        samples.Count.ShouldBe(24000);
        for (var i = 0; i < samples.Count; i++)
            samples[i].ShouldBe((short)(8000 * Math.Sin(2 * Math.PI * 1000 * (i % 8000) / 8000)));
    }

    [Theory]
    [InlineData("1280x720", "25", 0)]
    [InlineData("1280x720", "25", 1_234_567)]
    [InlineData("320x180", "30000/1001", 987)]
    [InlineData("1920x1080", "50", 89)]
    public void The_timecode_and_the_frame_number_can_be_read_in_the_frame(string size, string rate, long frame)
    {
        SourceOptionText.TryReadSize(size, out var dimensions).ShouldBeTrue();
        SourceOptionText.TryReadRate(rate, out var fps).ShouldBeTrue();
        var (width, height) = dimensions;
        var painter = new TestPatternPainter(width, height, fps);
        var frameBytes = new byte[width * height * 3 / 2];
        painter.Paint(frameBytes, frame);

        var time = TimeSpan.FromTicks((long)((Int128)frame * fps.Den * TimeSpan.TicksPerSecond / fps.Num));
        var expected = $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}.{time.Milliseconds:000}\n{frame:00000000}";
        ReadText(frameBytes, width, height).ShouldBe(expected);
    }

    [Fact]
    public void Something_moves_in_every_frame()
    {
        var painter = new TestPatternPainter(160, 90, new Rational(25, 1));
        var frames = Enumerable.Range(0, 50).Select(n =>
        {
            var frameBytes = new byte[160 * 90 * 3 / 2];
            painter.Paint(frameBytes, n);
            // The last rows have no text.
            return Convert.ToHexString(frameBytes, 80 * 160, 160);
        }).ToList();
        frames.Distinct().Count().ShouldBe(50);
    }

    [Fact]
    public void The_bars_have_eight_colours()
    {
        var painter = new TestPatternPainter(160, 90, new Rational(25, 1));
        var frameBytes = new byte[160 * 90 * 3 / 2];
        painter.Paint(frameBytes, 30);
        var chroma = frameBytes.AsSpan(160 * 90);
        Enumerable.Range(0, 8).Select(bar => (Y: frameBytes[(bar * 20) + 10], U: frameBytes[(160 * 90) + (bar * 10) + 5])).Distinct().Count().ShouldBe(8);
        chroma.Length.ShouldBe(160 * 90 / 2);
    }

    // Reads the two lines of text by comparing dots with the font.
    private static string ReadText(byte[] frameBytes, int width, int height)
    {
        var scale = Math.Max(1, Math.Min(width / (14 * BitmapFont.Advance), height / (4 * BitmapFont.Rows)));
        var top = (height / 2) - (scale * BitmapFont.Rows * 3 / 2);
        var text = new StringBuilder();
        foreach (var (glyphs, y) in new[] { (12, top), (8, top + (scale * (BitmapFont.Rows + 3))) })
        {
            var boxWidth = ((glyphs * BitmapFont.Advance) + 1) * scale;
            var left = Math.Max(0, (width - boxWidth) / 2 / 2 * 2);
            for (var i = 0; i < glyphs; i++)
                text.Append("0123456789:. ".First(glyph => Matches(glyph, left + (((i * BitmapFont.Advance) + 1) * scale), y)));

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n');

        bool Matches(char glyph, int x, int y)
        {
            for (var row = 0; row < BitmapFont.Rows; row++)
            {
                for (var column = 0; column < BitmapFont.Columns; column++)
                {
                    if (BitmapFont.IsSet(glyph, column, row) != (frameBytes[((y + (row * scale)) * width) + x + (column * scale)] > 128))
                        return false;
                }
            }

            return true;
        }
    }
}
