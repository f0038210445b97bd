namespace Recorder.ActorKernel.Testing;

/// <summary>How a TestKit fails a test.</summary>
public interface ITestKitAssertions
{
    /// <summary>Fails the test.</summary>
    /// <param name="format">The reason, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    void Fail(string format = "", params object?[] args);

    /// <summary>Fails the test unless the condition holds.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="format">The reason, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    void AssertTrue(bool condition, string format = "", params object?[] args);

    /// <summary>Fails the test if the condition holds.</summary>
    /// <param name="condition">What must not hold.</param>
    /// <param name="format">The reason, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    void AssertFalse(bool condition, string format = "", params object?[] args);

    /// <summary>Fails the test unless the two are equal.</summary>
    /// <typeparam name="T">The type of both.</typeparam>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What came.</param>
    /// <param name="format">Said beside both, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    void AssertEqual<T>(T expected, T actual, string format = "", params object?[] args);

    /// <summary>Fails the test unless the two are equal by the comparer given.</summary>
    /// <typeparam name="T">The type of both.</typeparam>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What came.</param>
    /// <param name="comparer">Whether its first argument, the expected value, equals its second.</param>
    /// <param name="format">Said beside both, with the placeholders of <see cref="string.Format(string, object[])"/>.</param>
    /// <param name="args">What the placeholders stand for.</param>
    void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string? format = "", params object?[] args);
}
