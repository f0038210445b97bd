using System.Numerics;
using FftSharp;

namespace Recorder.Node.Media;

/// <summary>Where the sound of one microphone is found in that of another.</summary>
/// <param name="Lag">How much later it is in the other.</param>
/// <param name="Uncertainty">How far parts of the sound disagree, and at least what microphones in one room are apart.</param>
/// <param name="Confidence">How many times the best place is better than the next best: near 1 for sound that has nothing in common.</param>
internal sealed record SoundMatch(TimeSpan Lag, TimeSpan Uncertainty, double Confidence)
{
    public const int SampleRate = 8_000;

    /// <summary>Below this, the best place may be one by chance: of unrelated noise it is 1.2 at most.</summary>
    public const double LeastConfidence = 1.5;

    /// <summary>Lags up to this are found.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromSeconds(2);

    // Hum is the same everywhere, and codecs for speech cut what is above.
    private const double LowestFrequency = 150;
    private const double HighestFrequency = 3_400;
    private const double LeastOfBand = 0.25;

    // An echo this near is part of the same place. Sound of clocks that drift by 200 ppm is spread over 2 ms in 10 s.
    private static readonly int Spread = SamplesOf(TimeSpan.FromMilliseconds(10));

    // Sound goes 34 cm in 1 ms.
    private static readonly TimeSpan LeastUncertainty = TimeSpan.FromMilliseconds(1);

    // Less than the noise of a microphone.
    private const double Silence = 1e-4;

    // The noise of rounding to 16 bits.
    private const double Rounding = 1e-5;

    public bool IsCertain => Confidence >= LeastConfidence;

    /// <summary>Whether nothing was recorded but silence; sound that is quieter than -80 dB of full scale.</summary>
    public static bool IsSilent(ReadOnlySpan<float> samples)
    {
        var window = SampleRate / 10;
        for (var at = 0; at < samples.Length; at += window)
        {
            var energy = 0.0;
            foreach (var sample in samples[at..Math.Min(samples.Length, at + window)])
                energy += (double)sample * sample;

            if (energy > Silence * Silence * window)
                return false;
        }

        return true;
    }

    /// <summary>
    /// Compares two sounds by generalized cross-correlation with phase transform (GCC-PHAT; Knapp and Carter, 1976): frequencies count alike however loud
    /// each is, so that rooms, microphones and codecs change little.
    /// </summary>
    /// <param name="reference">Samples from some moment on.</param>
    /// <param name="other">Samples from the same moment on, and as many.</param>
    public static SoundMatch Find(ReadOnlySpan<float> reference, ReadOnlySpan<float> other)
    {
        var (lag, confidence) = Correlate(reference, other);
        var (half, disagreement) = (reference.Length / 2, 0);
        foreach (var part in new[] { ..half, half.. })
        {
            var (partly, certainty) = Correlate(reference[part], other[part]);
            if (certainty >= LeastConfidence)
                disagreement = Math.Max(disagreement, Math.Abs(partly - lag));
        }

        // Halves that are both found, but elsewhere, are not sound of one moment.
        var uncertainty = TimeSpan.FromSeconds((double)disagreement / SampleRate) + LeastUncertainty;
        return new SoundMatch(TimeSpan.FromSeconds((double)lag / SampleRate), uncertainty, disagreement > Spread ? 1 : confidence);
    }

    private static (int Lag, double Confidence) Correlate(ReadOnlySpan<float> reference, ReadOnlySpan<float> other)
    {
        var furthest = SamplesOf(Furthest);
        // Lags of both signs have room behind the samples, so that no end meets the other's beginning.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)(reference.Length + (2 * furthest)));
        var (spectrum, second, least) = (SpectrumOf(reference, size), SpectrumOf(other, size), reference.Length * Rounding * Rounding);
        var (inBand, heard) = (0, 0);
        for (var i = 0; i < size; i++)
        {
            var frequency = (double)Math.Min(i, size - i) * SampleRate / size;
            var product = Complex.Conjugate(spectrum[i]) * second[i];
            var length = product.Magnitude;
            var isInBand = frequency is >= LowestFrequency and <= HighestFrequency;
            spectrum[i] = isInBand && length >= least ? product / length : Complex.Zero;
            (inBand, heard) = (inBand + (isInBand ? 1 : 0), heard + (isInBand && length >= least ? 1 : 0));
        }

        // A few tones have many places.
        if (heard < inBand * LeastOfBand)
            return (0, 1);

        FFT.Inverse(spectrum);
        var best = 0;
        for (var lag = -furthest; lag <= furthest; lag++)
        {
            if (At(lag) > At(best))
                best = lag;
        }

        var next = 0.0;
        for (var lag = -furthest; lag <= furthest; lag++)
        {
            if (Math.Abs(lag - best) > Spread)
                next = Math.Max(next, At(lag));
        }

        return (best, next > 0 ? At(best) / next : 1);

        // A microphone may turn the sign.
        double At(int lag) => Math.Abs(spectrum[(lag + size) % size].Real);
    }

    private static Complex[] SpectrumOf(ReadOnlySpan<float> samples, int size)
    {
        var spectrum = new Complex[size];
        // Sound that was cut off sharply has something in common with any other that was cut off at the same moment.
        var fade = Math.Min(SampleRate / 2, samples.Length / 2);
        for (var i = 0; i < samples.Length; i++)
        {
            var toEnd = Math.Min(i, samples.Length - 1 - i);
            spectrum[i] = samples[i] * (toEnd >= fade ? 1 : (1 - Math.Cos(Math.PI * toEnd / fade)) / 2);
        }

        FFT.Forward(spectrum);
        return spectrum;
    }

    private static int SamplesOf(TimeSpan time) => (int)(time.TotalSeconds * SampleRate);
}
