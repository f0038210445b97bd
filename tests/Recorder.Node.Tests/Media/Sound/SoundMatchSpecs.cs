using Recorder.Node.Media;

namespace Recorder.Node.Tests.Media;

/// <summary>Sound that is found in other sound, and sound that is not.</summary>
public sealed class SoundMatchSpecs
{
    private const int Rate = SoundMatch.SampleRate;
    private const int Seconds = 11;

    [Theory]
    [InlineData(0)]
    [InlineData(0.0125)]
    [InlineData(0.120)]
    [InlineData(-0.5)]
    [InlineData(1.9)]
    [InlineData(-1.99)]
    public void A_shift_of_noise_is_found_to_a_sample(double shift)
    {
        var room = Noise(1, Seconds + 4);

        var match = SoundMatch.Find(Part(room, 2), Part(room, 2 - shift));

        match.Lag.TotalSeconds.ShouldBe(shift, 1.0 / Rate);
        match.IsCertain.ShouldBeTrue();
        match.Uncertainty.TotalMilliseconds.ShouldBeLessThan(2);
    }

    [Fact]
    public void Speech_is_found_through_another_microphone_with_echoes_noise_of_its_own_and_a_turned_sign()
    {
        var room = Speech(2, Seconds + 4);
        var reference = Part(room, 2);
        // Quieter, dull, with two echoes, turned, and with as much noise as sound.
        var heard = Dull([.. Part(room, 1.7).Zip(Part(room, 1.66), Part(room, 1.61)).Select(at => -0.1f * (at.First + (0.6f * at.Second) + (0.4f * at.Third)))]);
        var level = (float)Math.Sqrt(heard.Average(sample => sample * sample));
        var other = heard.Zip(Noise(3, Seconds)).Select(pair => pair.First + (level * pair.Second)).ToArray();

        var match = SoundMatch.Find(reference, other);

        match.IsCertain.ShouldBeTrue($"confidence {match.Confidence:0.00}");
        match.Lag.TotalMilliseconds.ShouldBe(300, 2);
    }

    [Fact]
    public void A_single_clap_in_rooms_that_have_nothing_else_in_common_is_found()
    {
        float[] Room(int seed, double at) => [.. Noise(seed, Seconds).Select((sample, index) => (0.003f * sample) + Clap(index - (at * Rate)))];

        var match = SoundMatch.Find(Room(4, 3), Room(5, 3.12));

        match.IsCertain.ShouldBeTrue($"confidence {match.Confidence:0.00}");
        match.Lag.TotalMilliseconds.ShouldBe(120, 1);
    }

    [Fact]
    public void Sound_that_has_nothing_in_common_is_not_certain()
    {
        for (var seed = 10; seed < 16; seed++)
        {
            SoundMatch.Find(Noise(seed, Seconds), Noise(seed + 100, Seconds)).IsCertain.ShouldBeFalse();
            SoundMatch.Find(Speech(seed, Seconds), Speech(seed + 100, Seconds)).IsCertain.ShouldBeFalse();
        }
    }

    [Fact]
    public void Sound_that_repeats_itself_does_not_say_which_of_its_repetitions_it_is()
    {
        var tone = Enumerable.Range(0, (Seconds + 4) * Rate).Select(index => (float)Math.Sin(2 * Math.PI * 440 * index / Rate)).ToArray();

        SoundMatch.Find(Part(tone, 2), Part(tone, 1.88)).IsCertain.ShouldBeFalse();
        // Nor in the noise of two microphones.
        float[] Heard(double from, int seed) => [.. Part(tone, from).Zip(Noise(seed, Seconds), (sound, noise) => (0.3f * sound) + (0.001f * noise))];
        SoundMatch.Find(Heard(2, 20), Heard(1.88, 21)).IsCertain.ShouldBeFalse();
    }

    [Fact]
    public void Halves_that_say_different_things_are_not_certain_together()
    {
        var room = Noise(6, Seconds + 4);
        var (early, late) = (Part(room, 1.9), Part(room, 1.5));
        float[] cut = [.. early[..(early.Length / 2)], .. late[(late.Length / 2)..]];

        SoundMatch.Find(Part(room, 2), cut).Confidence.ShouldBe(1);
    }

    [Fact]
    public void Drift_makes_the_lag_uncertain_by_as_much()
    {
        var room = Noise(7, Seconds + 4);
        // 200 ppm: 2.2 ms in all.
        float[] drifting = [.. Enumerable.Range(0, Seconds * Rate).Select(index => Between(room, (1.9 * Rate) + (index * 1.0002)))];

        var match = SoundMatch.Find(Part(room, 2), drifting);

        match.IsCertain.ShouldBeTrue($"confidence {match.Confidence:0.00}");
        match.Lag.TotalMilliseconds.ShouldBe(99, 1.5);
        match.Uncertainty.TotalMilliseconds.ShouldBeInRange(1.3, 4);
    }

    [Fact]
    public void Silence_is_told_from_sound()
    {
        SoundMatch.IsSilent(new float[Rate]).ShouldBeTrue();
        SoundMatch.IsSilent([.. Noise(8, 1).Select(sample => sample * 1e-5f)]).ShouldBeTrue();
        SoundMatch.IsSilent([.. new float[Rate], .. Noise(9, 1).Select(sample => sample * 1e-3f)]).ShouldBeFalse();
        // Two that are silent have nothing in common.
        SoundMatch.Find(new float[Rate], new float[Rate]).IsCertain.ShouldBeFalse();
    }

    private static float[] Noise(int seed, int seconds)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, seconds * Rate).Select(_ => (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * MathF.Cos(2 * MathF.PI * random.NextSingle()))];
    }

    // Syllables of 80 to 300 ms with pauses: a buzzing voice whose pitch wanders, through two formants, and hissing.
    private static float[] Speech(int seed, int seconds)
    {
        var random = new Random(seed);
        var sound = new float[seconds * Rate];
        for (var at = 0; at < sound.Length;)
        {
            var (length, hisses, pitch) = (random.Next(80, 300) * Rate / 1000, random.Next(4) == 0, random.Next(90, 220));
            var (low, high, phase) = (random.Next(300, 800), random.Next(900, 2_500), 0.0);
            for (var i = 0; i < length && at + i < sound.Length; i++)
            {
                phase += pitch * (1 + (0.1 * i / length)) / Rate;
                var pulse = phase % 1 / pitch;
                var voice = Math.Exp(-pulse * 400) * (Math.Sin(2 * Math.PI * low * pulse) + (0.5 * Math.Sin(2 * Math.PI * high * pulse)));
                sound[at + i] = (float)((hisses ? random.NextDouble() - 0.5 : voice) * Math.Sin(Math.PI * i / length));
            }

            at += length + (random.Next(20, 400) * Rate / 1000);
        }

        return sound;
    }

    private static float Clap(double index) => index is < 0 or > 400 ? 0 : (float)(Math.Exp(-index / 60) * Math.Sin(index * index * 0.13));

    private static float[] Dull(float[] samples)
    {
        var before = 0f;
        return [.. samples.Select(sample => before = (0.7f * before) + (0.3f * sample))];
    }

    private static float Between(float[] samples, double at) =>
        (float)((samples[(int)at] * (1 - (at % 1))) + (samples[(int)at + 1] * (at % 1)));

    private static float[] Part(float[] room, double from) => room.AsSpan((int)Math.Round(from * Rate), Seconds * Rate).ToArray();
}
