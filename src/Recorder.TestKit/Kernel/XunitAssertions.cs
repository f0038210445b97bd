using System.Globalization;
using Xunit;
using Xunit.Sdk;

namespace Recorder.ActorKernel.Testing;

/// <summary>How a TestKit fails a test: with xunit's exceptions, in a sentence that says what was expected and what came.</summary>
public sealed class XunitAssertions
{
    /// <summary>Fails the test.</summary>
    /// <param name="format">The reason, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    public void Fail(string format = "", params object?[] args) => Assert.Fail(Format(format, args));

    /// <summary>Fails the test unless the condition holds.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="format">The reason, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    public void AssertTrue(bool condition, string format = "", params object?[] args)
    {
        if (!condition)
            Fail(format, args);
    }

    /// <summary>Fails the test if the condition holds.</summary>
    /// <param name="condition">What must not hold.</param>
    /// <param name="format">The reason, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    public void AssertFalse(bool condition, string format = "", params object?[] args) => AssertTrue(!condition, format, args);

    /// <summary>Fails the test unless the two are equal.</summary>
    /// <typeparam name="T">The type of both.</typeparam>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What came.</param>
    /// <param name="format">Said beside both values, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    public void AssertEqual<T>(T expected, T actual, string format = "", params object?[] args)
    {
        try
        {
            Assert.Equal(expected, actual);
        }
        catch (XunitException) when (!string.IsNullOrEmpty(format))
        {
            Fail("{0} Expected: {1}. Actual: {2}.", Format(format, args), expected, actual);
        }
    }

    /// <summary>Fails the test unless the two are equal by the comparer given.</summary>
    /// <typeparam name="T">The type of both.</typeparam>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What came.</param>
    /// <param name="comparer">Whether its first argument, the expected value, equals its second.</param>
    /// <param name="format">Said beside both values, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string? format = "", params object?[] args)
    {
        if (!comparer(expected, actual))
            Fail("{0} Expected: {1}. Actual: {2}.", Format(format ?? "", args), expected, actual);
    }

    // A message with braces in its text is no format: it is only one when there is something to put in.
    private static string Format(string format, object?[] args) =>
        args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
}
