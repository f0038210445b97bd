using Recorder.Contracts;
using Recorder.Media.TimeCodes;

namespace Recorder.Media.Tests.TimeCodes;

public sealed class LtcDecoderSpecs
{
    private const int Count = 60;

    public static TheoryData<string, string, int> Sounds()
    {
        var all = new TheoryData<string, string, int>();
        foreach (var sampleRate in new[] { 16_000, 44_100, 48_000, 96_000 })
        {
            all.Add("23.976", "23:59:58:20", sampleRate);
            all.Add("24", "09:08:07:06", sampleRate);
            all.Add("25", "10:20:30:12", sampleRate);
            all.Add("29.97", "00:59:59:10", sampleRate);
            all.Add("29.97", "00:00:59;10", sampleRate);
            all.Add("30", "19:59:59:29", sampleRate);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Sounds))]
    public void Every_frame_that_libltc_wrote_is_read_with_its_place_and_its_rate(string rate, string timeCode, int sampleRate)
    {
        var first = At(rate, timeCode);

        var frames = Decode(LtcSound.Of(first, Count, sampleRate), sampleRate);

        // The end of the last frame is the change with which a next one would begin.
        frames.Select(frame => frame.At(first.Rate)).ShouldBe(Enumerable.Range(0, Count - 1).Select(frame => (TimeCode?)first.Add(frame)));
        frames.ShouldAllBe(frame => frame.IsDropFrame == first.IsDropFrame);
        var length = (double)sampleRate * first.Rate.Denominator / first.Rate.Numerator;
        for (var i = 0; i < frames.Count; i++)
        {
            frames[i].Start.ShouldBe(i * length, 3);
            frames[i].End.ShouldBe((i + 1) * length, 3);
        }

        LtcRate.Find(frames, sampleRate).ShouldBe(first.Rate);
    }

    [Fact]
    public void It_reads_the_same_in_pieces_of_any_size()
    {
        var sound = LtcSound.Of(At("25", "10:20:30:12"), Count, 48_000);
        var (random, decoder, frames) = (new Random(1), new LtcDecoder(48_000), new List<LtcFrame>());

        for (var at = 0; at < sound.Length;)
        {
            var length = Math.Min(random.Next(1, 700), sound.Length - at);
            decoder.Decode(sound.AsSpan(at, length), frames);
            at += length;
        }

        frames.ShouldBe(Decode(sound, 48_000));
    }

    [Fact]
    public void It_may_begin_anywhere_within_a_frame_also_in_the_middle_of_a_bit()
    {
        var first = At("25", "10:20:30:12");
        var sound = LtcSound.Of(first, 12, 48_000);
        var written = Enumerable.Range(1, 10).Select(frame => (TimeCode?)first.Add(frame)).ToList();

        for (var from = 1; from < 1_920; from++)
        {
            var frames = Decode(sound[from..], 48_000);

            frames.TakeLast(10).Select(frame => frame.At(first.Rate)).ShouldBe(written, $"from sample {from}");
            frames[^1].End.ShouldBe(11 * 1_920 - from, 3);
        }
    }

    [Fact]
    public void It_reads_a_low_level_on_an_offset_under_noise_and_with_the_poles_changed()
    {
        var first = At("25", "10:20:30:12");
        var random = new Random(2);
        var sound = LtcSound.Of(first, Count, 48_000, decibels: -20);

        var frames = Decode([.. sound.Select(sample => (0.3f - sample + (random.NextSingle() - 0.5f) * 0.02f) / 100)], 48_000);

        frames.Count.ShouldBeGreaterThanOrEqualTo(Count - 2);
        frames.Select(frame => frame.At(first.Rate)).ShouldBe(Enumerable.Range(Count - 1 - frames.Count, frames.Count).Select(frame => (TimeCode?)first.Add(frame)));
    }

    [Fact]
    public void After_a_hole_or_a_click_it_finds_the_frames_again_and_makes_none_up()
    {
        var first = At("30", "01:02:03:04");
        var right = LtcSound.Of(first, 13, 48_000);
        var random = new Random(4);
        for (var run = 0; run < 500; run++)
        {
            var sound = right.ToArray();
            var (hole, length) = (4 * 1_600 + random.Next(1_600), run % 5 == 0 ? 1_600 : random.Next(1, 3_200));
            sound.AsSpan(hole, length).Clear();
            if (run % 2 == 0)
                sound[hole + random.Next(length)] = run % 3 == 0 ? float.NaN : 2 * random.Next(2) - 1;

            var frames = Decode(sound, 48_000);

            frames.ShouldAllBe(frame => frame.At(first.Rate) == first.Add((long)Math.Round(frame.Start / 1_600)), $"run {run}");
            frames.Count(frame => frame.End < hole).ShouldBeGreaterThanOrEqualTo(4, $"run {run}");
            frames.Select(frame => frame.At(first.Rate)).ShouldContain(first.Add(11), $"run {run}");
            frames.Count.ShouldBeGreaterThanOrEqualTo(12 - 5, $"run {run}");
        }
    }

    [Fact]
    public void There_is_no_time_code_in_silence_in_noise_in_a_tone_and_in_sound_that_runs_backwards()
    {
        var random = new Random(3);

        Decode(new float[96_000], 48_000).ShouldBeEmpty();
        Decode([.. Enumerable.Range(0, 480_000).Select(_ => random.NextSingle() * 2 - 1)], 48_000).ShouldBeEmpty();
        Decode([.. Enumerable.Range(0, 480_000).Select(at => MathF.Sin(at * MathF.Tau * 1_000 / 48_000))], 48_000).ShouldBeEmpty();
        Decode([.. LtcSound.Of(At("25", "10:20:30:12"), Count, 48_000).Reverse()], 48_000).ShouldBeEmpty();
    }

    [Fact]
    public void Above_30_frames_per_second_a_frame_of_linear_time_code_is_the_first_of_two()
    {
        var frames = Decode(LtcSound.Of(At("25", "10:20:30:12"), Count, 48_000), 48_000);

        frames[0].At(TimeCodeRate.Find(50)!.Value)!.Value.ToString().ShouldBe("10:20:30:24");
        frames[0].At(TimeCodeRate.Find(24)!.Value)!.Value.ToString().ShouldBe("10:20:30:12");
        frames[12].At(TimeCodeRate.Find(24)!.Value).ShouldBeNull();
    }

    [Fact]
    public void The_rate_of_too_few_frames_or_of_frames_with_one_missing_is_not_guessed()
    {
        var frames = Decode(LtcSound.Of(At("25", "10:20:30:12"), Count, 48_000), 48_000);

        LtcRate.Find([.. frames.Take(19)], 48_000).ShouldBeNull();
        LtcRate.Find([.. frames.Take(20)], 48_000)!.Value.ToString().ShouldBe("25");
        LtcRate.Find([.. frames.Take(10), .. frames.Skip(11)], 48_000).ShouldBeNull();
        LtcRate.Find(frames, 44_100).ShouldBeNull();
    }

    [Fact]
    public void Sound_of_fewer_than_16000_samples_per_second_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new LtcDecoder(8_000));

    private static List<LtcFrame> Decode(float[] sound, int sampleRate)
    {
        var frames = new List<LtcFrame>();
        new LtcDecoder(sampleRate).Decode(sound, frames);
        return frames;
    }

    private static TimeCode At(string rate, string timeCode)
    {
        TimeCodeRate.TryParse(rate, out var parsed).ShouldBeTrue();
        TimeCode.TryParse(timeCode, parsed, out var first).ShouldBeTrue();
        return first;
    }
}
