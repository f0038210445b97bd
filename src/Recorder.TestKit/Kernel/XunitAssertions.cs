using System.Globalization;
using Xunit;
using Xunit.Sdk;

namespace Recorder.ActorKernel.Testing;

/// <summary>How a TestKit fails a test: with xunit's exceptions, in a sentence that says what was expected and what came.</summary>
public class XunitAssertions : ITestKitAssertions
{
    /// <inheritdoc/>
    public void Fail(string format = "", params object?[] args) => Assert.Fail(Format(format, args));

    /// <inheritdoc/>
    public void AssertTrue(bool condition, string format = "", params object?[] args)
    {
        if (!condition)
            Assert.True(condition, Format(format, args));
    }

    /// <inheritdoc/>
    public void AssertFalse(bool condition, string format = "", params object?[] args)
    {
        if (condition)
            Assert.False(condition, Format(format, args));
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string? format = "", params object?[] args)
    {
        if (!comparer(expected, actual))
            Fail("{0} Expected: {1}. Actual: {2}.", Format(format ?? "", args), expected, actual);
    }

    // A message with braces in its text is no format: it is only one when there is something to put in.
    private static string Format(string format, object?[] args) =>
        args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
}
